// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes, some of which are killed or stopped. */
class FileProcessesTest {
    @TempDir
    Path directory;

    private FileBackend backend;

    @BeforeEach
    void open() {
        backend = FileBackendTest.opened(directory);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        backend.close();
        Await.until("the table is gone", () -> System.getProperties().get(JvmLocks.PROPERTY) == null);
        Await.until("no thread is left", () -> FileBackendTest.threads() == 0);
        assertThat(FileBackendTest.descriptors(directory)).isZero();
    }

    private RecordingClaim acquire(RecordingClaim claim) {
        backend.acquire(claim);
        return claim;
    }

    @Test
    void processes_excludeEachOther() throws Exception {
        Path work = directory.resolve("k");
        Files.writeString(directory.resolve("k.counter"), "0\n0\n");
        List<PuppetProcess> processes = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                processes.add(new PuppetProcess(directory));
            }
            processes.forEach(process -> process.tell("work " + work + " 300"));
            for (PuppetProcess process : processes) {
                assertThat(process.answer()).isEqualTo("done");
            }
            assertThat(Files.readAllLines(directory.resolve("k.counter")).get(0))
                    .isEqualTo("900");
        } finally {
            for (PuppetProcess process : processes) {
                process.close();
            }
        }
    }

    @Test
    void killedHolder_freesAtOnceAndTokensRise() throws Exception {
        long revision = 0;
        for (int i = 0; i < 3; i++) {
            try (PuppetProcess other = new PuppetProcess(directory)) {
                assertThat(other.ask("try a")).isEqualTo("granted");
                long theirs = Long.parseLong(other.ask("granted a"));
                assertThat(theirs).isGreaterThan(revision);
                RecordingClaim waiter = acquire(RecordingClaim.waiting("a"));
                assertThat(waiter.last()).isEqualTo("queued");
                assertThat(backend.inspect("a").toCompletableFuture().join().ownerLabel())
                        .isEqualTo("test:" + other.pid());
                long start = System.nanoTime();
                other.kill();
                Await.until("granted", () -> waiter.has("granted"));
                assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
                assertThat(waiter.revision).isGreaterThan(theirs);
                revision = waiter.revision;
                backend.release(waiter, null);
            }
        }
    }

    @Test
    void killedWaiter_harmsNobody() throws Exception {
        RecordingClaim holder = acquire(RecordingClaim.trying("a"));
        try (PuppetProcess dead = new PuppetProcess(directory);
                PuppetProcess alive = new PuppetProcess(directory)) {
            assertThat(dead.ask("wait a")).isEqualTo("queued");
            assertThat(alive.ask("wait a")).isEqualTo("queued");
            dead.kill();
            assertThat(alive.ask("state a")).isEqualTo("queued");
            backend.release(holder, null);
            assertThat(Long.parseLong(alive.ask("granted a"))).isGreaterThan(holder.revision);
            assertThat(acquire(RecordingClaim.trying("a")).last()).isEqualTo("busy");
        }
    }

    @Test
    void processesKilledWhileTheyWork_leaveTokensThatRise() throws Exception {
        long revision = 0;
        for (int i = 0; i < 5; i++) {
            Files.deleteIfExists(directory.resolve("k.inside"));
            Files.writeString(directory.resolve("k.counter"), "0\n" + revision + "\n");
            try (PuppetProcess other = new PuppetProcess(directory)) {
                other.tell("work " + directory.resolve("k") + " 1000000");
                long before = revision;
                Await.until("it works", () -> {
                    List<String> lines = Files.readAllLines(directory.resolve("k.counter"));
                    return lines.size() == 2
                            && Integer.parseInt(lines.get(0)) > 20
                            && !lines.get(1).equals("" + before);
                });
                other.kill();
            }
            RecordingClaim claim = acquire(RecordingClaim.trying("k"));
            assertThat(claim.answers).containsExactly("granted");
            List<String> lines = Files.readAllLines(directory.resolve("k.counter"));
            assertThat(claim.revision)
                    .isGreaterThan(Math.max(revision, lines.size() < 2 ? 0 : Long.parseLong(lines.get(1))));
            revision = claim.revision;
            backend.release(claim, null);
        }
    }

    @Test
    void withdrawnWaiter_whileAnotherProcessHolds_leavesNothing() throws Exception {
        try (PuppetProcess other = new PuppetProcess(directory)) {
            assertThat(other.ask("try a")).isEqualTo("granted");
            for (int i = 0; i < 200; i++) {
                RecordingClaim waiter = acquire(RecordingClaim.waiting("a"));
                RecordingClaim second = acquire(RecordingClaim.waiting("a"));
                assertThat(FileBackendTest.threads()).isLessThanOrEqualTo(2);
                backend.withdraw(waiter);
                backend.withdraw(second);
                assertThat(waiter.answers).containsExactly("queued", "freed");
            }
            Await.until("no thread", () -> FileBackendTest.threads() == 0);
            Await.until("no descriptor", () -> FileBackendTest.descriptors(directory) == 0);
            RecordingClaim last = acquire(RecordingClaim.waiting("a"));
            assertThat(other.ask("release a")).isEqualTo("freed, was held");
            Await.until("granted", () -> last.has("granted"));
            assertThat(other.ask("try a")).isEqualTo("busy");
            backend.release(last, null);
        }
    }

    @Test
    void thousandWaiters_blockOneThread() throws Exception {
        try (PuppetProcess other = new PuppetProcess(directory)) {
            assertThat(other.ask("try a")).isEqualTo("granted");
            List<RecordingClaim> waiters = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                waiters.add(acquire(RecordingClaim.waiting("a")));
            }
            assertThat(FileBackendTest.threads()).isEqualTo(1);
            assertThat(FileBackendTest.descriptors(directory)).isEqualTo(1);
            other.kill();
            for (RecordingClaim waiter : waiters) {
                Await.until("granted", () -> waiter.has("granted"));
                backend.release(waiter, null);
            }
        }
    }

    @Test
    void crossedNames_areBothGranted() throws Exception {
        try (PuppetProcess other = new PuppetProcess(directory)) {
            RecordingClaim x = acquire(RecordingClaim.trying("x"));
            assertThat(other.ask("try y")).isEqualTo("granted");
            RecordingClaim y = acquire(RecordingClaim.waiting("y"));
            assertThat(y.last()).isEqualTo("queued");
            assertThat(other.ask("wait x")).isEqualTo("queued");
            Await.until(
                    "the kernel sees a deadlock where there is none",
                    () -> Puppet.polls() || other.ask("polls").equals("true"));
            backend.release(x, null);
            other.ask("granted x");
            assertThat(other.ask("release y")).isEqualTo("freed, was held");
            Await.until("granted", () -> y.has("granted"));
            assertThat(other.ask("release x")).isEqualTo("freed, was held");
            backend.release(y, null);
            assertThat(y.answers).doesNotContain("failed");
        }
    }

    @Test
    void stoppedHolder_keepsItsLock() throws Exception {
        try (PuppetProcess other = new PuppetProcess(directory)) {
            assertThat(other.ask("try a")).isEqualTo("granted");
            other.signal("STOP");
            RecordingClaim waiter = acquire(RecordingClaim.waiting("a"));
            assertThat(acquire(RecordingClaim.trying("a")).last()).isEqualTo("busy");
            assertThat(waiter.answers).containsExactly("queued");
            other.signal("CONT");
            assertThat(other.ask("release a")).isEqualTo("freed, was held");
            Await.until("granted", () -> waiter.has("granted"));
            backend.release(waiter, null);
        }
    }

    @Test
    void childProcess_doesNotInheritTheLock() throws Exception {
        long child;
        try (PuppetProcess other = new PuppetProcess(directory)) {
            assertThat(other.ask("try a")).isEqualTo("granted");
            child = Long.parseLong(other.ask("spawn"));
            assertThat(acquire(RecordingClaim.trying("a")).last()).isEqualTo("busy");
            new ProcessBuilder("kill", "-STOP", Long.toString(child)).start().waitFor();
        }
        try {
            assertThat(ProcessHandle.of(child)).isPresent();
            RecordingClaim claim = acquire(RecordingClaim.trying("a"));
            assertThat(claim.answers).containsExactly("granted");
            backend.release(claim, null);
        } finally {
            new ProcessBuilder("kill", "-KILL", Long.toString(child)).start().waitFor();
        }
    }

    @Test
    void readingTheRecords_doesNotDropTheLock() throws Exception {
        RecordingClaim claim = acquire(RecordingClaim.trying("a"));
        Files.readAllBytes(directory.resolve("a.info"));
        backend.inspect("a").toCompletableFuture().join();
        backend.list("", null).toCompletableFuture().join();
        try (PuppetProcess other = new PuppetProcess(directory)) {
            assertThat(other.ask("try a")).isEqualTo("busy");
            assertThat(other.ask("inspect a")).contains(claim.ownerLabel());
            backend.release(claim, null);
            assertThat(other.ask("inspect a")).isEqualTo("null");
        }
    }

    @Test
    void inspect_isNeverTakenForAHolder() throws Exception {
        try (PuppetProcess other = new PuppetProcess(directory)) {
            backend.release(acquire(RecordingClaim.trying("a")), null);
            Thread inspector = new Thread(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    try {
                        other.ask("inspect a");
                    } catch (java.io.IOException e) {
                        throw new CompletionException(e);
                    }
                }
            });
            inspector.start();
            for (int i = 0; i < 20_000; i++) {
                RecordingClaim claim = acquire(RecordingClaim.trying("a"));
                assertThat(claim.answers).containsExactly("granted");
                backend.release(claim, null);
            }
            inspector.interrupt();
            inspector.join();
        }
    }
}
