// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.RedisServer;
import dev.holdfast.trials.process.WorkerProcess;
import dev.holdfast.trials.proxy.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nobody waits longer than he has to, and who gave up leaves nothing. */
final class WaitingFaultsTest {
    @RegisterExtension
    static final RedisServer redis = RedisServer.start();

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(redis);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void interruptedWhileTheReplyIsUnderWay_leavesNothing() throws Exception {
        FaultProxy proxy = stage.proxy(redis.socketAddress());
        Holdfast client = stage.clientBehind(proxy, "lease-time=30s");
        proxy.replies().delay(Duration.ofMillis(2));
        List<CompletableFuture<Void>> interrupters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String name = "job-" + i;
            interrupters.add(CompletableFuture.runAsync(
                    () -> interruptCallers(client, name, 250), task -> new Thread(task).start()));
        }
        for (CompletableFuture<Void> interrupter : interrupters) {
            Stage.get(interrupter);
        }
        await("no key is left")
                .atMost(Stage.PATIENCE)
                .until(() -> stage.redis().keys("*").stream().allMatch(key -> key.startsWith("hf~f")));
        Stage.pause(300);
        assertThat(stage.redis().keys("*")).allMatch(key -> key.startsWith("hf~f"));
    }

    private static void interruptCallers(Holdfast client, String name, int times) {
        try {
            for (int i = 0; i < times; i++) {
                Thread caller = new Thread(() -> {
                    try {
                        client.lock(name).acquire().release();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                caller.start();
                Stage.pause(i % 4);
                caller.interrupt();
                caller.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void pausedServer_answersAfterTheCallTimeout_oneReleaseFrees() throws Exception {
        Holdfast client = stage.client("lease-time=10s&call-timeout=300ms");
        stage.redis().clientPause(1_500);
        Lease lease = client.lock("job").acquire(Stage.PATIENCE);
        assertThat(lease.release()).isEqualTo(dev.holdfast.ReleaseResult.RELEASED);
        await("nothing is left")
                .atMost(Stage.PATIENCE)
                .until(() -> stage.redis().exists("job") == 0);
        Stage.pause(300);
        assertThat(stage.redis().exists("job")).isZero();
    }

    @Test
    void interruptedRelease_deletesTheKeyAllTheSame() {
        Holdfast client = stage.client();
        Lease lease = Stage.take(client, "job");
        Thread.currentThread().interrupt();
        lease.release();
        assertThat(Thread.interrupted()).isTrue();
        await().atMost(Stage.PATIENCE).until(() -> stage.redis().exists("job") == 0);
    }

    @Test
    void twoWaiters_firstTimesOutAtTheRelease_secondGetsTheLock() throws Exception {
        Holdfast holder = stage.client();
        Holdfast waiters = stage.client();
        for (int i = 0; i < 40; i++) {
            Lease held = Stage.take(holder, "job");
            CompletableFuture<Lease> first = waiters.lock("job").tryAcquireAsync(Duration.ofMillis(30));
            CompletableFuture<Lease> second = waiters.lock("job").acquireAsync();
            Stage.pause(28 + i % 5);
            held.release();
            long released = System.nanoTime();
            Lease early = Stage.get(first);
            if (early != null) {
                early.release();
            }
            Stage.get(second).release();
            assertThat(Duration.ofNanos(System.nanoTime() - released)).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void releaseRightAfterAFailedAttempt_isNeverMissed() throws Exception {
        Holdfast one = stage.client("lease-time=30s&local-handovers=0");
        Holdfast other = stage.client("lease-time=30s&local-handovers=0");
        List<CompletableFuture<Long>> workers = new ArrayList<>();
        for (Holdfast client : List.of(one, other)) {
            workers.add(CompletableFuture.supplyAsync(() -> longestWait(client, 600)));
        }
        for (CompletableFuture<Long> worker : workers) {
            assertThat(Duration.ofNanos(worker.get())).isLessThan(Duration.ofSeconds(2));
        }
    }

    private static long longestWait(Holdfast client, int times) {
        long longest = 0;
        try {
            for (int i = 0; i < times; i++) {
                long before = System.nanoTime();
                Lease lease = client.lock("job").acquire();
                longest = Math.max(longest, System.nanoTime() - before);
                lease.release();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return longest;
    }

    @Test
    void killedHolder_isFollowedWhenItsLeaseEnds() throws Exception {
        WorkerProcess holder = stage.process("lease-time=1s");
        holder.ask("try job");
        Holdfast client = stage.client("lease-time=60s");
        CompletableFuture<Lease> waiter = client.lock("job").acquireAsync(Duration.ofMinutes(10));
        await().atMost(Stage.PATIENCE).until(() -> stage.inLine("job") == 1);
        holder.kill();
        long killed = System.nanoTime();
        Stage.get(waiter);
        assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void killedWaiters_arePassedOver() throws Exception {
        Holdfast holder = stage.client();
        Lease held = Stage.take(holder, "job");
        List<WorkerProcess> dead = stage.processes(5, "lease-time=60s");
        for (WorkerProcess waiter : dead) {
            waiter.ask("wait job");
        }
        await().atMost(Stage.PATIENCE).until(() -> stage.inLine("job") == 5);
        CompletableFuture<Lease> alive = stage.client().lock("job").acquireAsync();
        await().atMost(Stage.PATIENCE).until(() -> stage.inLine("job") == 6);
        dead.forEach(WorkerProcess::kill);
        await("their connections are closed")
                .atMost(Stage.PATIENCE)
                .until(() -> stage.redis().clientList().lines().count() == 3);
        held.release();
        long released = System.nanoTime();
        Stage.get(alive);
        assertThat(Duration.ofNanos(System.nanoTime() - released)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void stoppedWaiterAtTheHead_costsAFirstLeaseAndNotAWholeOne() throws Exception {
        Holdfast holder = stage.client();
        Lease held = Stage.take(holder, "job");
        WorkerProcess stopped = stage.process("lease-time=60s");
        stopped.ask("wait job");
        await().atMost(Stage.PATIENCE).until(() -> stage.inLine("job") == 1);
        CompletableFuture<Lease> alive =
                stage.client("lease-time=60s").lock("job").acquireAsync();
        await().atMost(Stage.PATIENCE).until(() -> stage.inLine("job") == 2);
        stopped.stop();
        held.release();
        long released = System.nanoTime();
        Lease next = Stage.get(alive);
        assertThat(Duration.ofNanos(System.nanoTime() - released)).isLessThan(Duration.ofSeconds(8));
        stopped.resume();
        Stage.pause(500);
        assertThat(stopped.ask("state job")).as("a late push is not believed").isEqualTo("waiting");
        assertThat(next.isHeld()).isTrue();
        next.release();
        assertThat(Long.parseLong(stopped.ask("token job"))).isGreaterThan(next.token());
    }

    @Test
    void keyDeletedByAnOperator_letsWaitersProceed() throws Exception {
        WorkerProcess holder = stage.process("lease-time=60s");
        holder.ask("try job");
        CompletableFuture<Lease> waiter =
                stage.client("lease-time=60s").lock("job").acquireAsync();
        await().atMost(Stage.PATIENCE).until(() -> stage.inLine("job") == 1);
        stage.redis().del("job");
        Stage.get(waiter);
    }

    @Test
    void thousandContendedNames_ofOneClient_areAllServed() throws Exception {
        Holdfast holder = stage.client("lease-time=30s");
        Holdfast waiters = stage.client("lease-time=30s");
        List<Lease> held = new ArrayList<>();
        List<CompletableFuture<Lease>> waiting = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            held.add(Stage.take(holder, "job-" + i));
        }
        for (int i = 0; i < 1_000; i++) {
            waiting.add(waiters.lock("job-" + i).acquireAsync());
        }
        await().atMost(Stage.PATIENCE).until(() -> stage.inLine("job-999") == 1);
        held.forEach(Lease::releaseAsync);
        for (CompletableFuture<Lease> waiter : waiting) {
            Stage.get(waiter).releaseAsync();
        }
        await("only fences are left")
                .atMost(Stage.PATIENCE)
                .until(() -> stage.redis().keys("*").stream().allMatch(key -> key.startsWith("hf~f")));
    }

    @Test
    void serverIsDown_tryAcquireEndsInTimeAndSaysSo() throws Exception {
        Holdfast client = stage.client("lease-time=10s");
        redis.kill();
        try {
            long before = System.nanoTime();
            assertThatThrownBy(() -> client.lock("job").tryAcquire(Duration.ofSeconds(2)))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("127.0.0.1");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(3_500));
        } finally {
            redis.restart();
        }
        client.lock("job").acquire(Stage.PATIENCE).release();
    }

    @Test
    void stoppedServer_keepsNoCallLongerThanItsTimeout() throws Exception {
        Holdfast client = stage.client("lease-time=10s&call-timeout=500ms");
        Stage.take(client, "warm").release();
        redis.pause();
        try {
            long before = System.nanoTime();
            assertThatThrownBy(() -> client.lock("job").tryAcquire(Duration.ofSeconds(1)))
                    .isInstanceOf(BackendException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(2_500));
        } finally {
            redis.resume();
        }
        await("what was buffered died there, or was given back")
                .atMost(Stage.PATIENCE)
                .until(() -> stage.redis().exists("job") == 0);
    }
}
