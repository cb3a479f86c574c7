// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** The temporary directory of a start. It is gone at the end, and the workers before it, also when that comes with Ctrl-C. */
public final class Workspace implements AutoCloseable {
    private final Path directory;
    private boolean cleaned;
    private final Thread hook = new Thread(this::end, "clean-up");

    /**
     * Makes the directory.
     *
     * @param parent where to, or null for the system's own place
     * @throws IOException if it cannot be made
     */
    public Workspace(@Nullable Path parent) throws IOException {
        directory = parent == null
                ? Files.createTempDirectory("holdfast-bench-")
                : Files.createTempDirectory(parent, "holdfast-bench-");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * The directory itself.
     *
     * @return where it is
     */
    public Path directory() {
        return directory;
    }

    /**
     * Makes an empty directory in it.
     *
     * @return the new one
     * @throws IOException if it cannot be made, or this is closed
     */
    public synchronized Path fresh() throws IOException {
        if (cleaned) {
            throw new IOException("the bench ends");
        }
        return Files.createTempDirectory(directory, "locks-");
    }

    /** A worker that still runs would go on writing into the directory. */
    private void end() {
        ProcessHandle.current().children().toList().forEach(worker -> {
            worker.destroyForcibly();
            worker.onExit().join();
        });
        clean();
    }

    /** Whoever comes second waits: the JVM must not end while the first still deletes. */
    private synchronized void clean() {
        if (cleaned) {
            return;
        }
        cleaned = true;
        try {
            delete(directory);
        } catch (IOException | UncheckedIOException e) {
            System.err.println("bench: cannot delete " + directory + ": " + e.getMessage());
        }
    }

    /**
     * Deletes a directory and all that is in it.
     *
     * @param directory the directory
     * @throws IOException if something cannot be deleted
     */
    public static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Override
    public void close() {
        clean();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM ends already; its hook finds everything cleaned.
            return;
        }
    }
}
