// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The temporary directory of this JVM's servers. A locked file in it says that the JVM lives; directories whose lock is free are
 * deleted by the next JVM that makes one.
 */
final class Workspace {
    private static final Logger LOG = System.getLogger(Workspace.class.getName());
    private static final String PREFIX = "holdfast-servers-";
    private static final String IN_USE = "in-use";

    private final Path directory;
    private final FileChannel inUse;
    private final AtomicInteger count = new AtomicInteger();

    private Workspace(Path directory, FileChannel inUse) {
        this.directory = directory;
        this.inUse = inUse;
    }

    static Workspace create() throws IOException {
        Path temp = Path.of(System.getProperty("java.io.tmpdir"));
        String own = PREFIX + ProcessHandle.current().pid() + "-";
        sweep(temp, own);
        // It gets its name when it is locked, so that no other JVM ever sees it unlocked.
        Path hidden = Files.createTempDirectory(temp, "." + own);
        // Servers run as another user must be able to reach their own directories below.
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rwx--x--x"));
        FileChannel channel =
                FileChannel.open(hidden.resolve(IN_USE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.lock();
        Path visible = temp.resolve(hidden.getFileName().toString().substring(1));
        return new Workspace(Files.move(hidden, visible, StandardCopyOption.ATOMIC_MOVE), channel);
    }

    /** A new directory. */
    Path newDirectory(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name + "-" + count.incrementAndGet()));
    }

    /** Deletes everything. */
    void delete() {
        deleteTree(directory);
        try {
            inUse.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot give up " + directory, e);
        }
    }

    /** Deletes a directory and what is in it. What cannot be deleted is logged, and left to a later sweep. */
    static void deleteTree(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (file.endsWith(PostgresSegment.PID_FILE)) {
                        PostgresSegment.remove(file);
                    }
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE; // its server deletes too
                    }
                    throw e;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot delete " + directory, e);
        }
    }

    /** Not this process's own: opening and closing the file again would drop the lock. */
    private static void sweep(Path temp, String own) throws IOException {
        try (DirectoryStream<Path> candidates = Files.newDirectoryStream(temp, PREFIX + "*")) {
            for (Path candidate : candidates) {
                if (!candidate.getFileName().toString().startsWith(own)
                        && Files.isWritable(candidate)
                        && isAbandoned(candidate)) {
                    deleteTree(candidate);
                }
            }
        }
    }

    private static boolean isAbandoned(Path directory) {
        try (FileChannel channel = FileChannel.open(directory.resolve(IN_USE), StandardOpenOption.WRITE)) {
            return channel.tryLock() != null;
        } catch (NoSuchFileException e) {
            return true; // another sweep was interrupted
        } catch (IOException | OverlappingFileLockException e) {
            LOG.log(Level.DEBUG, "left alone: " + directory, e);
            return false;
        }
    }
}
