// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One lock file that this JVM uses: its only channel, who holds it, and who waits. A view of cells that all class loaders share, from
 * {@link #enter} to {@link #exit} and under their guard. The files that were used last stay open, because opening costs more than
 * locking; {@link JvmLocks#rest} says which.
 *
 * <p>A turn is a consumer, because a waiter may come from another class loader: it is given null when it holds the lock, on the
 * thread that got the lock for it, or what went wrong.
 */
final class LockFile {
    private static final Set<OpenOption> EXISTING =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> CREATING = Set.of(
            StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS);

    /** How long a file that is not locked is taken for the one of its path without looking. */
    private static final long LONGEST_UNVERIFIED = 100_000_000;

    private final JvmLocks jvm;
    private final String id;
    private final Map<String, Object> cells;
    private final ReentrantLock guard;
    private boolean unsettled;

    private LockFile(JvmLocks jvm, String id, Map<String, Object> cells) {
        this.jvm = jvm;
        this.id = id;
        this.cells = cells;
        this.guard = Objects.requireNonNull(cell("guard"));
    }

    /** Locks the entry of a lock file; {@link #exit} must follow. Does no I/O. */
    static LockFile enter(JvmLocks jvm, LockDirectory directory, String key) {
        String id = directory.identityOf(key);
        while (true) {
            Map<String, Object> cells = jvm.files().computeIfAbsent(id, absent -> cells(directory, key));
            LockFile file = new LockFile(jvm, id, cells);
            if (file.entered()) {
                return file;
            }
        }
    }

    private static Map<String, Object> cells(LockDirectory directory, String key) {
        Map<String, Object> cells = new ConcurrentHashMap<>();
        cells.put("guard", new ReentrantLock());
        cells.put("queue", new ArrayDeque<Consumer<@Nullable Throwable>>());
        cells.put("path", directory.lockFile(key));
        cells.put("record", directory.infoFile(key));
        cells.put("verified", new long[1]);
        cells.put("directory", directory.identity());
        return cells;
    }

    @SuppressWarnings("LockNotBeforeTry") // exit() unlocks
    private boolean entered() {
        guard.lock();
        if (jvm.files().get(id) == cells) {
            return true;
        }
        guard.unlock();
        return false;
    }

    /** Unlocks the entry, after seeing to it that somebody tries for those who wait. What nobody uses rests: it may be used again. */
    void exit() {
        boolean rests = false;
        try {
            if (holder() == null && cell("worker") == null && !jvm.isPolled(id)) {
                if (!queue().isEmpty()) {
                    awaitLock();
                } else if (cell("channel") == null) {
                    close();
                } else if (cell("foreign") == null) {
                    rests = true;
                } else {
                    close("info");
                }
            }
        } finally {
            guard.unlock();
        }
        if (rests) {
            jvm.rest(id);
        }
    }

    /** Closes a lock file and removes its entry, unless it is in use, be it by another channel of this JVM. */
    static void retire(JvmLocks jvm, String id) {
        Map<String, Object> cells = jvm.files().get(id);
        LockFile file = cells == null ? null : new LockFile(jvm, id, cells);
        if (file == null || !file.entered()) {
            return;
        }
        try {
            if (file.holder() == null
                    && file.cell("worker") == null
                    && !jvm.isPolled(id)
                    && file.queue().isEmpty()
                    && !file.isForeign()) {
                file.close();
            }
        } finally {
            file.guard.unlock();
        }
    }

    /** Whether another channel of this JVM has the lock, which it would lose if this one were closed. If not, none can get it before. */
    private boolean isForeign() {
        FileChannel channel = cell("channel");
        if (channel == null || !channel.isOpen()) {
            return false;
        }
        try {
            // Kept until the channel is closed.
            var unused = channel.tryLock();
            return false;
        } catch (OverlappingFileLockException e) {
            return true;
        } catch (IOException e) {
            return false; // a channel that locks nothing
        }
    }

    /** In this order: a channel of the next entry would lose its lock when this one is closed. */
    private void close() {
        close("info");
        close("channel");
        jvm.files().remove(id);
    }

    /** Whose turn it is in this JVM, or null. */
    @Nullable
    Object holder() {
        return cell("holder");
    }

    /** Whether the kernel still has the lock of this JVM's holder, as far as the JVM knows. */
    boolean isValid() {
        FileLock lock = cell("lock");
        return lock != null && lock.isValid();
    }

    /** Takes the lock if it is free and nobody in this JVM waits for it. */
    boolean take(Consumer<@Nullable Throwable> turn) throws IOException {
        boolean blocked = cell("worker") != null;
        if (holder() != null || blocked || !queue().isEmpty()) {
            unsettled = blocked && queue().isEmpty();
            return false;
        }
        FileLock lock = tryLock();
        if (lock != null) {
            hold(turn, lock);
        }
        return lock != null;
    }

    /**
     * Whether {@link #take} failed for what is over in a moment although nobody holds the lock: another process looks at it, or the
     * thread that waited for those who left is still on its way out.
     */
    boolean isUnsettled() {
        return unsettled;
    }

    /** Stands in line. */
    void join(Consumer<@Nullable Throwable> turn) {
        queue().addLast(turn);
    }

    /** Leaves the line. */
    void leave(Consumer<@Nullable Throwable> turn) {
        queue().remove(turn);
        Thread worker = cell("worker");
        if (queue().isEmpty()) {
            jvm.stopPolling(id);
            if (worker != null) {
                // Closes the channel in which it blocks. A blocked worker means that nobody in this JVM holds the lock.
                worker.interrupt();
            }
        }
    }

    /** Gives the lock back to the kernel. */
    void giveBack() {
        FileLock lock = cell("lock");
        cells.remove("holder");
        cells.remove("lock");
        if (lock != null) {
            release(lock);
        }
    }

    /** Writes the holder's record, whatever interrupts there are. Returns the revision. */
    long record(HolderRecord self, String name, String label) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    Path path = Objects.requireNonNull(cell("record"));
                    FileChannel info = open("info", path, CREATING);
                    ByteBuffer slots = (ByteBuffer) cells.computeIfAbsent("slots", absent -> RecordFile.newSlots());
                    RecordFile file = new RecordFile(info, slots);
                    return self.grant(file, path, name, label).revision();
                } catch (ClosedByInterruptException e) {
                    // It closed the record's channel, not the lock's; what was written is written again.
                    interrupted |= Thread.interrupted();
                    close("info");
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void release(FileLock lock) {
        try {
            lock.release();
        } catch (IOException e) {
            // Closing frees the lock for certain, and nobody else in this JVM can hold it.
            close("channel");
        }
    }

    /** Whether anybody holds the lock, here or in another process. Changes nothing that anybody could see. */
    boolean isHeld() throws IOException {
        if (holder() != null || cell("worker") != null) {
            return true;
        }
        try {
            return !canShare(channel(EXISTING));
        } catch (OverlappingFileLockException e) {
            cells.put("foreign", true);
            return true;
        }
    }

    private @Nullable FileLock tryLock() throws IOException {
        FileChannel channel = channel(CREATING);
        try {
            FileLock lock = channel.tryLock();
            // A lock that can be shared is not held: another process looks at it, which must not pass for a holder.
            unsettled = lock == null && canShare(channel);
            return lock;
        } catch (OverlappingFileLockException e) {
            // Another channel of this JVM that is not in the table. Closing ours would drop its lock.
            cells.put("foreign", true);
            return null;
        }
    }

    private static boolean canShare(FileChannel channel) throws IOException {
        FileLock probe = channel.tryLock(0, Long.MAX_VALUE, true);
        if (probe != null) {
            probe.release();
        }
        return probe != null;
    }

    private FileChannel channel(Set<? extends OpenOption> options) throws IOException {
        Path path = Objects.requireNonNull(cell("path"));
        long[] verified = Objects.requireNonNull(cell("verified"));
        long now = System.nanoTime();
        FileChannel open = cell("channel");
        if (open != null && open.isOpen()) {
            if (now - verified[0] < LONGEST_UNVERIFIED) {
                return open;
            }
            if (holder() == null) {
                closeUnlessStill("info");
                closeUnlessStill("channel");
            }
        }
        if (cell("channel") == null) {
            LockDirectory.verify(Objects.requireNonNull(path.getParent()), cell("directory"));
        }
        FileChannel channel = open("channel", path, options);
        verified[0] = now;
        return channel;
    }

    /** Somebody may have put another file in the place of one that rests. */
    private void closeUnlessStill(String name) {
        Path path = cell(name + " path");
        if (path != null && !LockDirectory.isStill(path, cell(name + " file"))) {
            close(name);
        }
    }

    private FileChannel open(String name, Path path, Set<? extends OpenOption> options) throws IOException {
        FileChannel open = cell(name);
        if (open == null || !open.isOpen()) {
            open = openChannel(path, options);
            cells.put(name, open);
            cells.put(name + " path", path);
            cells.put(name + " file", LockDirectory.identityOf(path));
        }
        return open;
    }

    private static FileChannel openChannel(Path path, Set<? extends OpenOption> options) throws IOException {
        try {
            return FileChannel.open(path, options);
        } catch (IOException e) {
            if (Files.isSymbolicLink(path)) {
                FileSystemLoopException link = new FileSystemLoopException(path.toString());
                link.initCause(e);
                throw link;
            }
            throw e;
        }
    }

    private void close(String name) {
        FileChannel channel = cell(name);
        cells.remove(name);
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // The descriptor is gone all the same, and with it the lock.
                System.getLogger("dev.holdfast.file").log(System.Logger.Level.DEBUG, "Closing a lock file failed", e);
            }
        }
    }

    private void hold(Consumer<@Nullable Throwable> turn, FileLock lock) {
        cells.put("holder", turn);
        cells.put("lock", lock);
    }

    private void awaitLock() {
        if (cell("foreign") != null || !jvm.mayBlock()) {
            jvm.poll(id);
            return;
        }
        try {
            cells.put("worker", JvmLocks.start("holdfast-file-wait " + cell("path"), this::block));
        } catch (OutOfMemoryError e) {
            jvm.unblocked();
            jvm.poll(id);
        }
    }

    /** On a thread of its own: blocks in the kernel until the lock comes free, and passes it to the head of the line. */
    private void block() {
        FileLock lock = null;
        boolean retracted = false;
        FileChannel channel = null;
        try {
            guard.lock();
            try {
                channel = channel(CREATING);
            } finally {
                guard.unlock();
            }
            lock = channel.lock();
        } catch (IOException | RuntimeException e) {
            // The kernel's false EDEADLK among them: an error that is true, trying will meet and report.
            retracted = channel != null && !channel.isOpen();
        }
        Consumer<@Nullable Throwable> turn = null;
        guard.lock();
        try {
            jvm.unblocked();
            cells.remove("worker");
            // Whoever interrupted did so under the guard, so none is under way.
            Thread.interrupted();
            turn = lock == null ? null : queue().poll();
            if (lock != null && turn != null) {
                hold(turn, lock);
            } else if (lock != null) {
                release(lock);
            } else if (!retracted && !queue().isEmpty()) {
                jvm.poll(id);
            }
        } finally {
            exit();
        }
        if (turn != null) {
            turn.accept(null);
        }
    }

    /** On the polling thread: tries once; says whether a turn came of it. */
    static boolean poll(JvmLocks jvm, String id) {
        Map<String, Object> cells = jvm.files().get(id);
        LockFile file = cells == null ? null : new LockFile(jvm, id, cells);
        if (file == null || !file.entered()) {
            return false;
        }
        List<Consumer<@Nullable Throwable>> turns = List.of();
        IOException failure = null;
        try {
            if (file.holder() == null && !file.queue().isEmpty()) {
                FileLock lock = file.tryLock();
                if (lock != null) {
                    Consumer<@Nullable Throwable> turn = file.queue().removeFirst();
                    file.hold(turn, lock);
                    jvm.stopPolling(id);
                    turns = List.of(turn);
                }
            } else {
                jvm.stopPolling(id);
            }
        } catch (IOException e) {
            failure = e;
            turns = List.copyOf(file.queue());
            file.queue().clear();
            jvm.stopPolling(id);
        } finally {
            file.exit();
        }
        for (Consumer<@Nullable Throwable> turn : turns) {
            turn.accept(failure);
        }
        return !turns.isEmpty();
    }

    private Deque<Consumer<@Nullable Throwable>> queue() {
        return Objects.requireNonNull(cell("queue"));
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private <T> @Nullable T cell(String name) {
        return (T) cells.get(name);
    }
}
