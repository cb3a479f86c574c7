// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.demo;

import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import dev.holdfast.load.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The demo's processes and its temporary directory: both are gone at the end, also when that comes with Ctrl-C. */
final class Workplace implements AutoCloseable {
    private static final long SIGNAL_SECONDS = 1;

    private final Path directory;
    private final Queue<WorkerProcess> workers = new ConcurrentLinkedQueue<>();
    private volatile boolean cleaned;
    private final CountDownLatch ending = new CountDownLatch(1);
    private final Thread hook = new Thread(this::end, "clean-up");

    Workplace() {
        try {
            directory = Files.createTempDirectory("holdfast-demo-");
        } catch (IOException e) {
            throw new Failure(ExitCodes.CANNOT_CREATE, "cannot make a temporary directory", e);
        }
        Runtime.getRuntime().addShutdownHook(hook);
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    Path directory(String name) throws IOException {
        return Files.createDirectory(path(name));
    }

    void kills(WorkerProcess worker) {
        workers.add(worker);
        if (cleaned) {
            worker.kill();
        }
    }

    /** Workers may die of the same signal as we, a little earlier; then there is nothing to complain of. Does not return. */
    void waitIfEnding() throws InterruptedException {
        if (ending.await(SIGNAL_SECONDS, TimeUnit.SECONDS)) {
            new CountDownLatch(1).await();
        }
    }

    private void end() {
        ending.countDown();
        clean();
    }

    /** Whoever comes second waits: the JVM must not end while the first still deletes. */
    private synchronized void clean() {
        if (cleaned) {
            return;
        }
        cleaned = true;
        workers.forEach(WorkerProcess::kill);
        try {
            Workspace.delete(directory);
        } catch (IOException | UncheckedIOException e) {
            System.err.println("holdfast: cannot delete " + directory + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        clean();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            ending.countDown(); // already going down: the hook finds everything cleaned
        }
    }
}
