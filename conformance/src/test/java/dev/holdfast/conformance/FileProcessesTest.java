// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import static dev.holdfast.conformance.FileClients.PATIENCE;
import static dev.holdfast.conformance.FileClients.POLLING;
import static dev.holdfast.conformance.FileClients.WAITING;
import static dev.holdfast.conformance.FileClients.granted;
import static dev.holdfast.conformance.FileClients.isBusy;
import static dev.holdfast.conformance.FileClients.take;
import static dev.holdfast.conformance.FileClients.threads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockInfo;
import dev.holdfast.trials.process.ProcessSignals;
import dev.holdfast.trials.process.WorkerProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Processes that hold and wait for the locks of {@code file:}, some of which are killed or stopped. */
final class FileProcessesTest {
    @TempDir
    Path directory;

    private FileClients clients;
    private Holdfast locks;

    @BeforeEach
    void open() {
        clients = new FileClients(directory);
        locks = clients.client();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        clients.close();
    }

    @Test
    void killedHolder_isFollowedAtOnceWithALargerToken(TestReporter reporter) throws Exception {
        long token = 0;
        for (int i = 0; i < 5; i++) {
            WorkerProcess other = clients.process();
            long theirs = Long.parseLong(other.ask("try a"));
            assertThat(theirs).isGreaterThan(token);
            assertThat(locks.inspect("a").ownerLabel()).endsWith(":" + other.pid());
            CompletableFuture<Lease> waiter = locks.lock("a").acquireAsync();
            await().atMost(PATIENCE).until(() -> threads(WAITING) == 1);
            long start = System.nanoTime();
            other.kill();
            Lease next = granted(waiter);
            Duration takeover = Duration.ofNanos(System.nanoTime() - start);
            reporter.publishEntry("takeover after kill -9", takeover.toNanos() / 1_000 + " us");
            assertThat(takeover).isLessThan(Duration.ofSeconds(5));
            assertThat(next.token()).isGreaterThan(theirs);
            token = next.token();
            next.release();
        }
    }

    @Test
    void killedWaiter_harmsNobody() throws Exception {
        Lease lease = take(locks, "a");
        WorkerProcess dead = clients.process();
        WorkerProcess alive = clients.process();
        for (WorkerProcess process : List.of(dead, alive)) {
            process.ask("wait a");
            await().atMost(PATIENCE).until(() -> threads(process, WAITING) == 1);
        }
        dead.kill();
        assertThat(alive.ask("state a")).isEqualTo("waiting");
        assertThat(lease.isHeld()).isTrue();
        lease.release();
        assertThat(Long.parseLong(alive.ask("token a"))).isGreaterThan(lease.token());
        assertThat(isBusy(locks, "a")).isTrue();
    }

    @Test
    void stoppedHolder_keepsItsLockAndHoldsItStill() throws Exception {
        WorkerProcess other = clients.process();
        long token = Long.parseLong(other.ask("try a"));
        other.stop();
        CompletableFuture<Lease> waiter = locks.lock("a").acquireAsync();
        assertThat(clients.client().lock("a").tryAcquire(Duration.ofMillis(500)))
                .isNull();
        assertThat(waiter).isNotDone();
        assertThat(locks.inspect("a").ownerLabel()).endsWith(":" + other.pid());
        other.resume();
        assertThat(other.ask("state a")).isEqualTo("held");
        assertThat(other.ask("release a")).isEqualTo("RELEASED");
        Lease next = granted(waiter);
        assertThat(next.token()).isGreaterThan(token);
        next.release();
    }

    @Test
    void stoppedHolder_pastItsMaxHold_saysNoAtItsFirstQuestion() throws Exception {
        WorkerProcess other = clients.process("?max-hold=3s");
        long token = Long.parseLong(other.ask("try a"));
        assertThat(other.ask("watch a")).isEqualTo("watching");
        other.stop();
        assertThat(locks.lock("a").tryAcquire(Duration.ofMillis(3_500)))
                .as("nobody can take the lock of a stopped process")
                .isNull();
        other.resume();
        assertThat(other.ask("resumed a")).isEqualTo("over");
        assertThat(other.ask("lost a")).isEqualTo("MAX_HOLD_REACHED");
        Lease next = locks.lock("a").acquire(PATIENCE);
        assertThat(next.token()).isGreaterThan(token);
        next.release();
    }

    @Test
    void withdrawnWaiters_whileAnotherProcessHolds_leaveNothing() throws Exception {
        WorkerProcess other = clients.process();
        other.ask("try a");
        Holdfast second = clients.client();
        for (int i = 0; i < 200; i++) {
            CompletableFuture<Lease> one = locks.lock("a").acquireAsync();
            CompletableFuture<Lease> two = second.lock("a").acquireAsync();
            assertThat(threads(WAITING)).isLessThanOrEqualTo(2);
            assertThat(one.cancel(false)).isTrue();
            assertThat(two.cancel(false)).isTrue();
        }
        await("no thread").atMost(PATIENCE).until(() -> threads(WAITING) == 0);
        await("one that rests").atMost(PATIENCE).until(() -> clients.descriptors() <= 1);
        CompletableFuture<Lease> last = locks.lock("a").acquireAsync();
        assertThat(other.ask("release a")).isEqualTo("RELEASED");
        Lease lease = granted(last);
        assertThat(other.ask("try a")).isEqualTo("busy");
        lease.release();
    }

    @Test
    void waiterThatIsWithdrawnAtOnce_leavesNoThread() throws Exception {
        WorkerProcess other = clients.process();
        other.ask("try a");
        for (int i = 0; i < 200; i++) {
            assertThat(locks.lock("a").acquireAsync().cancel(false)).isTrue();
            await("no thread")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> threads(WAITING) == 0);
        }
    }

    @Test
    void waitersOfFiftyClients_blockOneThread() throws Exception {
        WorkerProcess other = clients.process();
        other.ask("try a");
        List<CompletableFuture<Lease>> waiters = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Holdfast client = clients.client();
            for (int j = 0; j < 20; j++) {
                waiters.add(client.lock("a").acquireAsync());
            }
        }
        await().atMost(PATIENCE).until(() -> threads(WAITING) == 1);
        assertThat(clients.descriptors()).isEqualTo(1);
        other.kill();
        // In whatever order: inside a client it is that of arrival, and the clients are one line.
        List<CompletableFuture<Void>> released = waiters.stream()
                .map(waiter -> waiter.thenAccept(Lease::release))
                .toList();
        CompletableFuture.allOf(released.toArray(CompletableFuture[]::new)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void moreThan64WaitedNames_areTriedForOnOneThread() throws Exception {
        WorkerProcess other = clients.process();
        List<CompletableFuture<Lease>> waiters = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            assertThat(other.ask("try n" + i)).isNotEqualTo("busy");
            waiters.add(locks.lock("n" + i).acquireAsync());
        }
        await().atMost(PATIENCE).until(() -> threads(WAITING) == 64 && threads(POLLING) == 1);
        assertThat(waiters).noneMatch(CompletableFuture::isDone);
        for (int i = 0; i < 100; i += 2) {
            assertThat(waiters.get(i).cancel(false)).isTrue();
        }
        other.kill();
        for (int i = 1; i < 100; i += 2) {
            granted(waiters.get(i)).release();
        }
    }

    /** The kernel sees processes and not threads: it reports a deadlock to whoever would close the circle. */
    @Test
    void crossedNames_areBothGrantedAlthoughTheKernelSeesADeadlock() throws Exception {
        WorkerProcess other = clients.process();
        Lease x = take(locks, "x");
        long theirs = Long.parseLong(other.ask("try y"));
        CompletableFuture<Lease> y = locks.lock("y").acquireAsync();
        await().atMost(PATIENCE).until(() -> threads(WAITING) == 1);
        other.ask("wait x");
        await("one of the two may not block, and tries")
                .atMost(PATIENCE)
                .until(() -> threads(POLLING) == 1 || threads(other, POLLING) == 1);
        assertThat(y).isNotDone();
        assertThat(other.ask("state x")).isEqualTo("waiting");
        x.release();
        assertThat(Long.parseLong(other.ask("token x"))).isGreaterThan(x.token());
        assertThat(other.ask("release y")).isEqualTo("RELEASED");
        Lease granted = granted(y);
        assertThat(granted.token()).isGreaterThan(theirs);
        assertThat(other.ask("release x")).isEqualTo("RELEASED");
        granted.release();
    }

    @Test
    void childProcess_doesNotInheritTheLock() throws Exception {
        WorkerProcess other = clients.process();
        other.ask("try a");
        long child = Long.parseLong(other.ask("child"));
        try {
            assertThat(isBusy(locks, "a")).isTrue();
            // Otherwise it would end with the pipe from its parent.
            ProcessSignals.stop(child);
            other.kill();
            assertThat(ProcessHandle.of(child)).isPresent();
            take(locks, "a").release();
        } finally {
            ProcessHandle.of(child).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void readingTheRecords_doesNotDropTheLock() throws Exception {
        Lease lease = take(locks, "a");
        Files.readAllBytes(clients.file("a.info"));
        locks.inspect("a");
        assertThat(locks.list("")).hasSize(1);
        WorkerProcess other = clients.process();
        assertThat(other.ask("try a")).isEqualTo("busy");
        assertThat(other.ask("inspect a"))
                .endsWith(":" + ProcessHandle.current().pid());
        lease.release();
        assertThat(other.ask("inspect a")).isEqualTo("free");
    }

    @Test
    void inspect_isNeverTakenForAHolder() throws Exception {
        take(locks, "a").release();
        WorkerProcess other = clients.process();
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Integer> inspections = CompletableFuture.supplyAsync(() -> {
            int count = 0;
            while (!enough.get()) {
                count++;
                assertThat(ask(other, "inspect a")).isNotEmpty();
            }
            return count;
        });
        try {
            for (int i = 0; i < 20_000; i++) {
                take(locks, "a").release();
            }
        } finally {
            enough.set(true);
        }
        assertThat(inspections.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isPositive();
    }

    private static String ask(WorkerProcess process, String command) {
        try {
            return process.ask(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void holderWithARecordOfALaterVersion_isSeenByItsNameOnly() throws Exception {
        WorkerProcess other = clients.process();
        other.ask("try a");
        try (RandomAccessFile record =
                new RandomAccessFile(clients.file("a.info").toFile(), "rw")) {
            record.seek(FileFixture.FIRST_HEAD + 3);
            record.write(7);
        }
        LockInfo info = locks.inspect("a");
        assertThat(info.name()).isEqualTo("a");
        assertThat(info.ownerLabel()).isNull();
        assertThat(locks.list("")).extracting(LockInfo::name).containsExactly("a");
    }
}
