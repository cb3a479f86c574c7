// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.trials.process.LockWorker;
import dev.holdfast.trials.process.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Clients of this process and of others on one directory of {@code file:}. At the end this process must have nothing of it left. */
final class FileClients implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    /** What waits in the kernel, and what tries every now and then. */
    static final String WAITING = "holdfast-file-wait";

    static final String POLLING = "holdfast-file-poll";

    private static final String PROPERTY = "dev.holdfast.file.locks";

    /** Where the path of a lock file stands among what the class loaders of a JVM share about it. */
    private static final int PATH = 3;

    private final Path directory;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    FileClients(Path directory) {
        this.directory = directory;
    }

    String uri() {
        return "file:" + directory;
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    Holdfast client() {
        Holdfast client = Holdfast.open(uri());
        opened.push(client);
        return client;
    }

    WorkerProcess process() throws IOException {
        return process("");
    }

    WorkerProcess process(String parameters) throws IOException {
        WorkerProcess process = LockWorker.start(uri() + parameters);
        opened.push(process);
        return process;
    }

    static Lease take(Holdfast client, String name) {
        Lease lease = client.lock(name).tryAcquire();
        assertThat(lease).as("lease of '%s', which is free", name).isNotNull();
        return lease;
    }

    static boolean isBusy(Holdfast client, String name) {
        Lease lease = client.lock(name).tryAcquire();
        if (lease != null) {
            lease.release();
        }
        return lease == null;
    }

    static Lease granted(CompletableFuture<Lease> waiter) throws Exception {
        return waiter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Threads of this process. */
    static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }

    static long threads(WorkerProcess process, String prefix) throws IOException {
        return Long.parseLong(process.ask("threads " + prefix));
    }

    /** Open files of this process in the directory. */
    long descriptors() throws IOException {
        Path real = directory.toRealPath();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(descriptor -> startsWith(descriptor, real)).count();
        }
    }

    private static boolean startsWith(Path descriptor, Path directory) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(directory);
        } catch (IOException e) {
            return false; // It was closed in between.
        }
    }

    /** Other tests of this JVM may have files of other directories in it. */
    @SuppressWarnings("unchecked")
    private boolean isInSharedTable() {
        Map<String, Map<String, Object[]>> table = (Map<String, Map<String, Object[]>>) sharedTable();
        return table != null
                && table.get("files").values().stream()
                        .anyMatch(file -> ((Path) file[PATH]).getParent().endsWith(directory.getFileName()));
    }

    static @Nullable Object sharedTable() {
        return System.getProperties().get(PROPERTY);
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        await("this JVM uses no file of the directory").atMost(PATIENCE).until(() -> !isInSharedTable());
        await("no thread is left").atMost(PATIENCE).until(() -> threads("holdfast-file") == 0);
        assertThat(descriptors()).isZero();
    }
}
