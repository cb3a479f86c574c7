// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One lock file that this JVM uses: who holds it, and who waits. A view of {@link Cells} that all class loaders share, from {@link #enter}
 * to {@link #exit} and under their guard. The files that were used last stay open; {@link JvmLocks#rest} says which.
 *
 * <p>A turn is a consumer, because a waiter may come from another class loader: it is given null when it holds the lock, on the
 * thread that got the lock for it, or what went wrong.
 *
 * <p>While turns wait, one thread blocks in the kernel for all of them: that of a caller who promised it ({@link #promise}), because
 * then nobody has to wake him, otherwise one that is started for it.
 */
final class LockFile {
    private final JvmLocks jvm;
    private final @Nullable Object[] cells;
    private final LockChannels channels;
    private final ReentrantLock guard;
    private boolean unsettled;

    private LockFile(JvmLocks jvm, @Nullable Object[] cells) {
        this.jvm = jvm;
        this.cells = cells;
        this.channels = new LockChannels(cells);
        this.guard = (ReentrantLock) Objects.requireNonNull(cells[Cells.GUARD]);
    }

    /** Locks the entry of a lock file; {@link #exit} must follow. Does no I/O. */
    static LockFile enter(JvmLocks jvm, LockDirectory directory, String key) {
        @Nullable Object[] recent = directory.recent(key);
        if (recent != null) {
            LockFile file = new LockFile(jvm, recent);
            if (file.entered()) {
                return file;
            }
        }
        String id = directory.identityOf(key);
        while (true) {
            @Nullable Object[] cells = jvm.files().computeIfAbsent(id, absent -> Cells.of(directory, key, id));
            LockFile file = new LockFile(jvm, cells);
            if (file.entered()) {
                directory.remember(key, cells);
                return file;
            }
        }
    }

    @SuppressWarnings("LockNotBeforeTry") // exit() unlocks
    private boolean entered() {
        guard.lock();
        if (cells[Cells.GONE] == null) {
            return true;
        }
        guard.unlock();
        return false;
    }

    private String id() {
        return (String) Objects.requireNonNull(cells[Cells.ID]);
    }

    /** Unlocks the entry, after seeing to it that somebody tries for those who wait. What nobody uses rests: it may be used again. */
    void exit() {
        boolean rests = false;
        try {
            if (isFree()) {
                if (!queue().isEmpty()) {
                    if (cells[Cells.PROMISED] == null) {
                        awaitLock();
                    }
                } else if (!channels.wasOpened()) {
                    close();
                } else if (cells[Cells.FOREIGN] == null) {
                    rests = true;
                } else {
                    channels.closeRecords();
                }
            }
        } finally {
            guard.unlock();
        }
        if (rests) {
            jvm.rest(id());
        }
    }

    /** Whether nobody in this JVM holds the lock, or is at work to get it. */
    private boolean isFree() {
        return holder() == null && cells[Cells.WORKER] == null && !jvm.isPolled(id());
    }

    /** Closes a lock file and removes its entry, unless it is in use, be it by another channel of this JVM. */
    static void retire(JvmLocks jvm, String id) {
        @Nullable Object[] cells = jvm.files().get(id);
        LockFile file = cells == null ? null : new LockFile(jvm, cells);
        if (file == null || !file.entered()) {
            return;
        }
        try {
            if (file.isFree() && file.queue().isEmpty() && !file.isForeign()) {
                file.close();
            }
        } finally {
            file.guard.unlock();
        }
    }

    /** Whether another channel of this JVM has the lock, which it would lose if this one were closed. If not, none can get it before. */
    private boolean isForeign() {
        FileChannel channel = channels.open();
        if (channel == null) {
            return false;
        }
        try {
            // Kept until the channel is closed; shared, so that it does not pass for a holder's.
            var unused = channel.tryLock(0, Long.MAX_VALUE, true);
            return false;
        } catch (OverlappingFileLockException e) {
            return true;
        } catch (IOException e) {
            return false; // a channel that locks nothing
        }
    }

    /** In this order: a channel of the next entry would lose its lock when this one is closed. */
    private void close() {
        channels.closeRecords();
        channels.closeLockFile();
        cells[Cells.GONE] = true;
        jvm.files().remove(id());
    }

    /** Whose turn it is in this JVM, or null. */
    @Nullable
    Object holder() {
        return cells[Cells.HOLDER];
    }

    /** Whether the kernel still has the lock of this JVM's holder, as far as the JVM knows. */
    boolean isValid() {
        FileLock lock = (FileLock) cells[Cells.LOCK];
        return lock != null && lock.isValid();
    }

    /** Takes the lock if it is free and nobody in this JVM waits for it. */
    boolean take(Consumer<@Nullable Throwable> turn, long now) throws IOException {
        boolean blocked = cells[Cells.WORKER] != null;
        if (holder() != null || blocked || !queue().isEmpty()) {
            unsettled = blocked && queue().isEmpty();
            return false;
        }
        FileLock lock = tryLock(now);
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
        breakPromise(turn);
        if (queue().isEmpty()) {
            jvm.stopPolling(id());
            if (cells[Cells.WORKER] != null) {
                // A blocked thread means that nobody in this JVM holds the lock.
                channels.closeLockFile();
            }
        }
    }

    /** The caller of a turn in line is about to {@link #await} in the kernel, or else breaks the promise or leaves. */
    void promise(Consumer<@Nullable Throwable> turn) {
        if (isFree() && cells[Cells.PROMISED] == null) {
            cells[Cells.PROMISED] = turn;
        }
    }

    void breakPromise(Consumer<@Nullable Throwable> turn) {
        if (cells[Cells.PROMISED] == turn) {
            cells[Cells.PROMISED] = null;
        }
    }

    /** Keeps a promise; false if there was none, or nothing to do by now. Otherwise {@link #block} must follow the exit. */
    boolean await(Consumer<@Nullable Throwable> turn) {
        if (cells[Cells.PROMISED] != turn) {
            return false;
        }
        cells[Cells.PROMISED] = null;
        if (!isFree() || queue().isEmpty() || cells[Cells.FOREIGN] != null || !jvm.mayBlock()) {
            return false;
        }
        cells[Cells.WORKER] = Thread.currentThread();
        cells[Cells.AWAITING] = turn;
        return true;
    }

    /** Lets the thread of a turn's caller return from the kernel, or not go there. */
    void recall(Consumer<@Nullable Throwable> turn) {
        breakPromise(turn);
        if (cells[Cells.AWAITING] == turn) {
            cells[Cells.AWAITING] = null;
            channels.closeLockFile();
        }
    }

    /** Gives the lock back to the kernel. */
    void giveBack() {
        FileLock lock = (FileLock) cells[Cells.LOCK];
        cells[Cells.HOLDER] = null;
        cells[Cells.LOCK] = null;
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
                    return self.grant(channels.records(), channels.recordPath(), texts(self, name, label));
                } catch (ClosedByInterruptException e) {
                    // It closed the record's channel, not the lock's; what was written is written again.
                    interrupted |= Thread.interrupted();
                    channels.closeRecords();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private byte[] texts(HolderRecord self, String name, String label) {
        byte[] texts = (byte[]) cells[Cells.TEXTS];
        if (texts == null || !label.equals(cells[Cells.LABEL])) {
            texts = self.texts(name, label);
            cells[Cells.TEXTS] = texts;
            cells[Cells.LABEL] = label;
        }
        return texts;
    }

    private void release(FileLock lock) {
        try {
            lock.release();
        } catch (IOException e) {
            // Closing frees the lock for certain, and nobody else in this JVM can hold it.
            channels.closeLockFile();
        }
    }

    /** Whether anybody holds the lock, here or in another process. Changes nothing that anybody could see. */
    boolean isHeld() throws IOException {
        if (holder() != null || cells[Cells.WORKER] != null) {
            return true;
        }
        try {
            return !LockChannels.canShare(channels.toProbe(System.nanoTime()));
        } catch (OverlappingFileLockException e) {
            cells[Cells.FOREIGN] = true;
            return true;
        }
    }

    private @Nullable FileLock tryLock(long now) throws IOException {
        FileChannel channel = channels.toLock(now);
        try {
            FileLock lock = channel.tryLock();
            // A lock that can be shared is not held: another process looks at it, which must not pass for a holder.
            unsettled = lock == null && LockChannels.canShare(channel);
            return lock;
        } catch (OverlappingFileLockException e) {
            // Another channel of this JVM that is not in the table. Closing ours would drop its lock.
            cells[Cells.FOREIGN] = true;
            return null;
        }
    }

    private void hold(Consumer<@Nullable Throwable> turn, FileLock lock) {
        cells[Cells.HOLDER] = turn;
        cells[Cells.LOCK] = lock;
    }

    private void awaitLock() {
        if (cells[Cells.FOREIGN] != null || !jvm.mayBlock()) {
            jvm.poll(id());
            return;
        }
        try {
            cells[Cells.WORKER] = JvmLocks.start("holdfast-file-wait " + cells[Cells.PATH], () -> block(null));
        } catch (OutOfMemoryError e) {
            jvm.unblocked();
            jvm.poll(id());
        }
    }

    /**
     * Without the guard: blocks in the kernel until the lock comes free, and passes it to the head of the line.
     *
     * @param caller the turn whose caller's thread this is; null for a thread of our own
     */
    void block(@Nullable Consumer<@Nullable Throwable> caller) {
        FileLock lock = null;
        FileChannel channel = null;
        boolean wanted = true;
        try {
            guard.lock();
            try {
                // It may have been called back on its way here, when there was nothing yet that could be closed.
                wanted = !queue().isEmpty() && (caller == null || cells[Cells.AWAITING] == caller);
                channel = wanted ? channels.toLock(System.nanoTime()) : null;
            } finally {
                guard.unlock();
            }
            lock = channel == null ? null : channel.lock();
        } catch (IOException | RuntimeException e) {
            // The kernel's false EDEADLK among them: an error that is true, trying will meet and report.
            lock = null;
        }
        Consumer<@Nullable Throwable> turn = null;
        guard.lock();
        try {
            jvm.unblocked();
            cells[Cells.WORKER] = null;
            cells[Cells.AWAITING] = null;
            // Closed to call this thread back, or by an interrupt: if it had the lock already, that is gone.
            boolean retracted = !wanted || (channel != null && !channel.isOpen());
            if (lock != null && lock.isValid()) {
                turn = queue().poll();
                if (turn == null) {
                    release(lock);
                } else {
                    hold(turn, lock);
                }
            } else if (!retracted && !queue().isEmpty()) {
                jvm.poll(id());
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
        @Nullable Object[] cells = jvm.files().get(id);
        LockFile file = cells == null ? null : new LockFile(jvm, cells);
        if (file == null || !file.entered()) {
            return false;
        }
        List<Consumer<@Nullable Throwable>> turns = List.of();
        IOException failure = null;
        try {
            if (file.holder() == null && !file.queue().isEmpty()) {
                FileLock lock = file.tryLock(System.nanoTime());
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

    @SuppressWarnings("unchecked")
    private Deque<Consumer<@Nullable Throwable>> queue() {
        return (Deque<Consumer<@Nullable Throwable>>) Objects.requireNonNull(cells[Cells.QUEUE]);
    }
}
