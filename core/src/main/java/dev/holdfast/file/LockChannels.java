// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The open files of one lock: its lock file, of which a JVM must have one channel only, and its records. They stay open, because opening
 * costs more than locking. Used under the guard of the cells.
 */
final class LockChannels {
    private static final Set<OpenOption> EXISTING =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> CREATING = Set.of(
            StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS);

    /** How long a file that is not locked is taken for the one of its path without looking. */
    private static final long LONGEST_UNVERIFIED = 100_000_000;

    private final @Nullable Object[] cells;

    LockChannels(@Nullable Object[] cells) {
        this.cells = cells;
    }

    /** The channel on which to lock; the file is created if it is missing. */
    FileChannel toLock(long now) throws IOException {
        return lockChannel(CREATING, now);
    }

    /** The channel on which to see whether the file is locked; the file must exist. */
    FileChannel toProbe(long now) throws IOException {
        return lockChannel(EXISTING, now);
    }

    /** The channel to the lock file, or null if it is not open. */
    @Nullable
    FileChannel open() {
        FileChannel open = (FileChannel) cells[Cells.CHANNEL];
        return open == null || !open.isOpen() ? null : open;
    }

    boolean wasOpened() {
        return cells[Cells.CHANNEL] != null;
    }

    /** The records, for the holder of the lock. */
    RecordFile records() throws IOException {
        FileChannel channel = open(Cells.RECORD_CHANNEL, recordPath(), CREATING);
        ByteBuffer image = (ByteBuffer) cells[Cells.RECORDS];
        if (image == null) {
            image = RecordFile.newImage();
            cells[Cells.RECORDS] = image;
        }
        return new RecordFile(channel, image);
    }

    Path recordPath() {
        return (Path) Objects.requireNonNull(cells[Cells.RECORD_PATH]);
    }

    void closeRecords() {
        close(Cells.RECORD_CHANNEL);
    }

    /** Frees the lock, and ends the waiting of a thread that blocks on the channel. */
    void closeLockFile() {
        close(Cells.CHANNEL);
    }

    /** Whether the file of a channel is not locked by another process, but looked at perhaps. */
    static boolean canShare(FileChannel channel) throws IOException {
        FileLock probe = channel.tryLock(0, Long.MAX_VALUE, true);
        if (probe != null) {
            probe.release();
        }
        return probe != null;
    }

    private FileChannel lockChannel(Set<? extends OpenOption> options, long now) throws IOException {
        Path path = (Path) Objects.requireNonNull(cells[Cells.PATH]);
        long[] verified = (long[]) Objects.requireNonNull(cells[Cells.VERIFIED]);
        FileChannel open = open();
        if (open != null) {
            if (now - verified[0] < LONGEST_UNVERIFIED) {
                return open;
            }
            if (cells[Cells.HOLDER] == null) {
                closeUnlessStill(Cells.RECORD_CHANNEL, recordPath());
                closeUnlessStill(Cells.CHANNEL, path);
            }
        }
        if (cells[Cells.CHANNEL] == null) {
            LockDirectory.verify(Objects.requireNonNull(path.getParent()), cells[Cells.DIRECTORY]);
        }
        FileChannel channel = open(Cells.CHANNEL, path, options);
        verified[0] = now;
        return channel;
    }

    /** Somebody may have put another file in the place of one that rests. */
    private void closeUnlessStill(int cell, Path path) {
        if (cells[cell] != null && !LockDirectory.isStill(path, cells[cell + 1])) {
            close(cell);
        }
    }

    private FileChannel open(int cell, Path path, Set<? extends OpenOption> options) throws IOException {
        FileChannel open = (FileChannel) cells[cell];
        if (open == null || !open.isOpen()) {
            open = openChannel(path, options);
            cells[cell] = open;
            cells[cell + 1] = LockDirectory.identityOf(path);
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

    private void close(int cell) {
        FileChannel channel = (FileChannel) cells[cell];
        cells[cell] = null;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // The descriptor is gone all the same, and with it the lock.
                System.getLogger("dev.holdfast.file").log(System.Logger.Level.DEBUG, "Closing a lock file failed", e);
            }
        }
    }
}
