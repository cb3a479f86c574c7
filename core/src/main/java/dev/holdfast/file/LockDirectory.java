// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import dev.holdfast.BackendException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The directory of the lock files: checked before it is used, and what its errors mean. */
final class LockDirectory {
    private static final int RECENT = 64;

    static final String LOCK_SUFFIX = ".lock";
    private static final String INFO_SUFFIX = ".info";

    private static final Set<String> NETWORK = Set.of(
            "nfs",
            "nfs4",
            "cifs",
            "smb",
            "smb2",
            "smb3",
            "smbfs",
            "ncpfs",
            "9p",
            "afs",
            "ceph",
            "lustre",
            "glusterfs",
            "beegfs",
            "gpfs",
            "ocfs2",
            "gfs2",
            "davfs",
            "fuse.sshfs",
            "fuse.glusterfs",
            "fuse.ceph",
            "fuse.s3fs",
            "fuse.rclone",
            "fuse.gcsfuse",
            "fuse.davfs2");

    private final Path path;
    private final Object identity;
    private final String prefix;

    /** The cells of the files that were used last, so that the next use makes no id and looks in no table. */
    private final AtomicReferenceArray<@Nullable Object @Nullable []> recent = new AtomicReferenceArray<>(RECENT);

    private LockDirectory(Path path, Object identity) {
        this.path = path;
        this.identity = identity;
        this.prefix = identity.toString() + '/';
    }

    /**
     * Checks a directory, and creates it if only its last part is missing.
     *
     * @throws BackendException if it cannot be used; the message says what to do
     */
    static LockDirectory open(Path wanted, boolean allowNetwork) {
        Path absolute = wanted.toAbsolutePath().normalize();
        boolean missing = !Files.exists(absolute, LinkOption.NOFOLLOW_LINKS);
        Path parent = absolute.getParent();
        if (missing && (parent == null || !Files.isDirectory(parent))) {
            throw fatal(
                    "The lock directory " + absolute + " cannot be created, because " + parent
                            + " is not a directory. Create that first, or name another directory",
                    null);
        }
        if (!missing && !Files.isDirectory(absolute)) {
            throw fatal(absolute + " is not a directory. Name a directory for the lock files", null);
        }
        try {
            String type = Files.getFileStore(missing && parent != null ? parent : absolute)
                    .type();
            if (!allowNetwork && isNetwork(type)) {
                throw fatal(
                        "The lock directory " + absolute + " is on a network file system (" + type
                                + "), which may lose locks without a word when the connection breaks. Use a directory on a"
                                + " local disk, or another backend to lock across machines. If you know that the locks of"
                                + " this file system can be relied on, add allow-network-fs=true",
                        null);
            }
            if (missing) {
                create(absolute);
            }
            Path real = absolute.toRealPath();
            // Only writing tells: access rights say nothing of a full disk, nor of a read-only file system to root.
            Files.delete(Files.createTempFile(real, ".probe", ".tmp"));
            return new LockDirectory(real, identityOf(real));
        } catch (IOException e) {
            throw fatal(
                    "The lock directory " + absolute + " cannot be written to (" + reason(e) + "). Each process"
                            + " that uses these locks needs to create and write files there: mend its permissions, its"
                            + " mount or its free space, or name another directory",
                    e);
        }
    }

    /** Programs that start together all find it missing; one of them makes it. */
    private static void create(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, ownersOnly(directory));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    static boolean isNetwork(String fileStoreType) {
        return NETWORK.contains(fileStoreType.toLowerCase(Locale.ROOT));
    }

    private static FileAttribute<?>[] ownersOnly(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }

    /** The same for every path to one directory. */
    Object identity() {
        return identity;
    }

    /** What tells a lock file from every other one. */
    String identityOf(String key) {
        return prefix + key;
    }

    /** The cells of a lock file if it was among those used last; they may be out of use. */
    @Nullable
    Object @Nullable [] recent(String key) {
        @Nullable Object[] cells = recent.get(key.hashCode() & (RECENT - 1));
        return cells != null && key.equals(cells[Cells.KEY]) ? cells : null;
    }

    void remember(String key, @Nullable Object[] cells) {
        recent.set(key.hashCode() & (RECENT - 1), cells);
    }

    static Object identityOf(Path file) throws IOException {
        Object fileKey = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return fileKey == null ? file.toString() : fileKey;
    }

    /** Whether a path still leads to the file that it led to. */
    static boolean isStill(Path path, @Nullable Object identity) {
        try {
            return identityOf(path).equals(identity);
        } catch (IOException e) {
            return false; // it leads nowhere
        }
    }

    /** Two directories that had one path, one after the other, would have two channels to one lock file. */
    static void verify(Path directory, @Nullable Object identity) throws IOException {
        if (!identityOf(directory).equals(identity)) {
            throw new NotDirectoryException(directory + " was replaced by another directory");
        }
    }

    Path path() {
        return path;
    }

    Path lockFile(String key) {
        return path.resolve(key + LOCK_SUFFIX);
    }

    Path infoFile(String key) {
        return path.resolve(key + INFO_SUFFIX);
    }

    /** Puts an error of the file system into words. */
    BackendException explain(String tried, @Nullable String lockName, Throwable cause) {
        String start = "file: could not " + tried + (lockName == null ? "" : " the lock '" + lockName + "'") + " in "
                + path + ": " + reason(cause) + ". ";
        if (cause instanceof HolderRecord.NewerFormat) {
            return BackendException.fatal(FileBackend.ID, lockName, start, cause);
        }
        if (!Files.isDirectory(path) || cause instanceof NotDirectoryException) {
            String advice = "The lock directory was removed or replaced while in use, so nobody knows who holds its"
                    + " locks. Restart every process that uses it";
            return BackendException.fatal(FileBackend.ID, lockName, start + advice, cause);
        }
        if (cause instanceof AccessDeniedException || !Files.isWritable(path)) {
            String advice = "This process may not read and write there. Run all users of the lock under one account,"
                    + " or give them a common group and umask";
            return BackendException.fatal(FileBackend.ID, lockName, start + advice, cause);
        }
        if (cause instanceof FileSystemException other
                && other.getFile() != null
                && isNoPlainFile(Path.of(other.getFile()))) {
            String advice = "Something that is no plain file stands in the place of a lock file. Remove it";
            return BackendException.fatal(FileBackend.ID, lockName, start + advice, cause);
        }
        String advice = "The lock is not held. See whether the disk is full or the process has too many open files";
        return BackendException.transientFault(FileBackend.ID, lockName, start + advice, cause);
    }

    private static boolean isNoPlainFile(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static String reason(Throwable cause) {
        if (cause instanceof AccessDeniedException) {
            return cause.getMessage() + ": permission denied";
        }
        if (cause instanceof FileSystemLoopException) {
            return cause.getMessage() + ": a symbolic link";
        }
        if (cause instanceof FileSystemException failure && failure.getReason() == null) {
            return cause.getMessage() + ": " + cause.getClass().getSimpleName();
        }
        return String.valueOf(cause.getMessage());
    }

    private static BackendException fatal(String message, @Nullable Throwable cause) {
        return BackendException.fatal(FileBackend.ID, null, message, cause);
    }
}
