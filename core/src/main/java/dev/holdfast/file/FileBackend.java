// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockInfo;
import dev.holdfast.Tier;
import dev.holdfast.spi.AwaitingBackend;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.KeySpace;
import dev.holdfast.spi.Page;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Locks between the processes of one machine: one file per lock in a directory, on which the kernel's lock is taken. A process that
 * ends, however it ends, frees its locks at once; nothing is renewed and nothing expires. A process that is stopped keeps its locks.
 *
 * <p>The lock files must not be opened by anything else in this JVM: closing any descriptor of a file drops the process's lock on it.
 * Several backends on one directory in one JVM, through whatever path and class loader, exclude each other too.
 *
 * <p>A URI is {@code file:/var/lib/app/locks}, with {@code ?allow-network-fs=true} to permit a network file system.
 */
public final class FileBackend implements AwaitingBackend {
    static final String ID = "file";

    /** With the suffix still below the limits of all file systems, those that encrypt names included. */
    private static final int LONGEST_KEY = 128;

    private static final int PAGE = 256;

    private final Path wanted;
    private final boolean allowNetworkFs;
    private volatile @Nullable Opened opened;

    private record Opened(LockDirectory directory, JvmLocks jvm, HolderRecord self) {}

    /**
     * Locks in a directory on a local disk. Does no I/O.
     *
     * @param directory where the lock files are; created by {@link #open}, for its owner only, if its parent exists
     */
    public FileBackend(Path directory) {
        this(directory, false);
    }

    /**
     * Locks in a directory. Does no I/O.
     *
     * @param directory where the lock files are; created by {@link #open}, for its owner only, if its parent exists
     * @param allowNetworkFs whether it may be on a network file system, whose locks can be lost unnoticed when the connection breaks
     * @throws IllegalArgumentException if the directory is not in the default file system
     */
    public FileBackend(Path directory, boolean allowNetworkFs) {
        if (directory.getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException(
                    "The lock directory " + directory + " is not in the default file system; only that has locks");
        }
        this.wanted = directory;
        this.allowNetworkFs = allowNetworkFs;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Deployment open(BackendEvents events, Duration timeout) {
        LockDirectory directory = LockDirectory.open(wanted, allowNetworkFs);
        opened = new Opened(directory, JvmLocks.open(), HolderRecord.ofThisProcess());
        return Deployment.of(Tier.L, Deployment.Expiry.SESSION)
                .withKeySpace(KeySpace.of("abcdefghijklmnopqrstuvwxyz0123456789._-", LONGEST_KEY))
                .withBlocking(true);
    }

    private Opened opened() {
        return Objects.requireNonNull(opened, "not open");
    }

    @Override
    public void acquire(Claim claim) {
        Turn turn = turn(claim);
        if (turn == null) {
            Opened now = opened();
            turn = new Turn(now.jvm, now.directory, now.self, claim);
            claim.attach(turn);
        }
        turn.acquire();
    }

    private static @Nullable Turn turn(Claim claim) {
        return (Turn) claim.attachment();
    }

    @Override
    public void await(Claim claim) {
        Turn turn = turn(claim);
        if (turn != null) {
            turn.await();
        }
    }

    @Override
    public void recall(Claim claim) {
        Turn turn = turn(claim);
        if (turn != null) {
            turn.recall();
        }
    }

    @Override
    public void withdraw(Claim claim) {
        Turn turn = turn(claim);
        if (turn == null) {
            claim.freed(false);
        } else {
            turn.end();
        }
    }

    @Override
    public void renew(List<Claim> claims) {
        for (Claim claim : claims) {
            long now = System.nanoTime();
            Turn turn = turn(claim);
            if (turn != null && turn.isHeld()) {
                claim.renewed(now);
            } else {
                claim.gone(LeaseLoss.TAKEN_OVER);
            }
        }
    }

    @Override
    public void release(Claim claim, @Nullable Claim next) {
        withdraw(claim);
        if (next != null) {
            acquire(next);
        }
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        claims.forEach(this::withdraw);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Whether the lock is held is asked of the kernel. Who holds it stands in a record beside the lock file, which is shown if its
     * process may be alive; otherwise the holder is another program, and only the name is known.
     */
    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        try {
            return CompletableFuture.completedFuture(isHeld(key) ? info(key, holder(key)) : null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(opened().directory.explain("inspect", key, e));
        }
    }

    private boolean isHeld(String key) throws IOException {
        Opened now = opened();
        if (!Files.exists(now.directory.lockFile(key))) {
            return false;
        }
        LockFile file = LockFile.enter(now.jvm, now.directory, key);
        try {
            return file.isHeld();
        } finally {
            file.exit();
        }
    }

    /** The record of the holder, if it can be read and is not that of a dead process. */
    private @Nullable HolderRecord holder(String key) {
        HolderRecord record = record(key);
        return record != null && record.mayBeAlive(opened().self) ? record : null;
    }

    private @Nullable HolderRecord record(String key) {
        try {
            return HolderRecord.latest(opened().directory.infoFile(key));
        } catch (IOException e) {
            // It only informs: a record that cannot be read is as good as none.
            return null;
        }
    }

    private static LockInfo info(String name, @Nullable HolderRecord holder) {
        LockInfo.Builder info = LockInfo.of(name);
        if (holder != null) {
            info.ownerLabel(holder.label()).revision(holder.revision()).since(holder.since());
        }
        return info.build();
    }

    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        try {
            List<LockInfo> found = new ArrayList<>();
            for (String key : keysAfter(cursor)) {
                HolderRecord record = record(key);
                String name = record == null ? key : record.name();
                if (name.startsWith(prefix) && isHeld(key)) {
                    found.add(info(name, holder(key)));
                    if (found.size() == PAGE) {
                        return CompletableFuture.completedFuture(new Page(List.copyOf(found), key));
                    }
                }
            }
            return CompletableFuture.completedFuture(new Page(List.copyOf(found), null));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(opened().directory.explain("list locks", null, e));
        }
    }

    private List<String> keysAfter(@Nullable String cursor) throws IOException {
        try (Stream<Path> files = Files.list(opened().directory.path())) {
            return files.map(file -> Objects.toString(file.getFileName()))
                    .filter(name -> name.endsWith(LockDirectory.LOCK_SUFFIX))
                    .map(name -> name.substring(0, name.length() - LockDirectory.LOCK_SUFFIX.length()))
                    .filter(key -> cursor == null || key.compareTo(cursor) > 0)
                    .sorted()
                    .toList();
        }
    }

    /**
     * Cannot be done: no process can take a kernel's lock from another.
     *
     * @return false if nobody holds the lock; otherwise fails, and the message names the process to end
     */
    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        try {
            if (!isHeld(key)) {
                return CompletableFuture.completedFuture(false);
            }
        } catch (IOException e) {
            return CompletableFuture.failedFuture(opened().directory.explain("inspect", key, e));
        }
        HolderRecord holder = holder(key);
        String who = holder == null
                ? "a process that left no record; see who has "
                        + opened().directory.lockFile(key) + " open, and end" + " that"
                : "process " + holder.pid() + " (" + holder.label() + "); end that";
        String name = holder == null ? key : holder.name();
        return CompletableFuture.failedFuture(BackendException.fatal(
                ID,
                name,
                "file: the lock '" + name
                        + "' cannot be taken from its holder, only the kernel frees it. It is held by " + who
                        + " process, which frees the lock at once",
                null));
    }

    @Override
    public void close() {
        Opened last = opened;
        if (last != null) {
            last.jvm.close();
        }
    }
}
