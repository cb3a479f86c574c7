// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockOptions;
import dev.holdfast.testkit.servers.RedisNodes;
import dev.holdfast.trials.proxy.FaultProxy;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Votes are counted only while they stand, and none is left behind. */
final class RedlockVotesTest {
    @RegisterExtension
    static final RedisNodes nodes = RedisNodes.start();

    private RedlockStage stage;

    @BeforeEach
    void open() {
        stage = new RedlockStage(nodes);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void slowServers_soThatTheLeaseWouldBeOver_grantNothingAndKeepNothing() {
        List<FaultProxy> proxies = stage.proxies();
        Holdfast client = stage.clientBehind(proxies, "lease-time=400ms&call-timeout=3s&" + RedlockStage.DURABLE);
        Stage.take(client, "job").release();
        proxies.forEach(proxy -> proxy.replies().delay(Duration.ofMillis(500)));
        Throwable thrown = catchThrowable(() -> client.lock("job").tryAcquire());
        assertThat(thrown).isInstanceOf(BackendException.class);
        proxies.forEach(FaultProxy::heal);
        await().untilAsserted(() -> assertThat(stage.standing("job")).isZero());
        await().ignoreException(BackendException.class)
                .untilAsserted(() -> Stage.take(client, "job").release());
    }

    @Test
    void failedAttempt_isTakenBackOnAllServers() {
        Holdfast client = stage.client("lease-time=20s&" + RedlockStage.DURABLE);
        for (int i : List.of(0, 2, 4)) {
            stage.on(
                    i,
                    server -> server.set("job", "foreign", SetArgs.Builder.nx().px(60_000)));
        }
        for (int i = 0; i < 3; i++) {
            assertThat(client.lock("job").tryAcquire()).isNull();
        }
        await().untilAsserted(
                        () -> assertThat(stage.values("job")).containsExactly("foreign", "", "foreign", "", "foreign"));
        stage.on(2, server -> server.del("job"));
        Lease lease = Stage.take(client, "job");
        assertThat(lease.isHeld()).as("two foreign votes are no majority").isTrue();
    }

    @Test
    void lateReplyOfATimedOutAttempt_leavesNothing() {
        Holdfast client = stage.client("lease-time=20s&call-timeout=400ms&" + RedlockStage.DURABLE);
        Stage.take(client, "job").release();
        for (int i = 0; i < 4; i++) {
            stage.node(i).pause();
        }
        assertThat(catchThrowable(() -> client.lock("job").tryAcquire())).isInstanceOf(BackendException.class);
        for (int i = 0; i < 4; i++) {
            stage.node(i).resume();
        }
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(stage.standing("job")).isZero());
        Stage.pause(500);
        assertThat(stage.standing("job")).isZero();
    }

    @Test
    void extensionAfterExpiry_failsAndDoesNotTouchTheNextHolder() throws Exception {
        List<FaultProxy> proxies = stage.proxies();
        Holdfast first = stage.clientBehind(proxies, "lease-time=3s&" + RedlockStage.DURABLE);
        Holdfast second = stage.client("lease-time=20s&" + RedlockStage.DURABLE);
        Lease old = Stage.take(first, "job");
        proxies.forEach(proxy -> proxy.requests().stall());
        Lease next = second.lock("job").acquire(Duration.ofSeconds(10));
        assertThat(old.isHeld()).isFalse();
        // The lock is granted with the third vote.
        List<String> votes = stage.values("job");
        for (List<String> before = List.of(); !votes.equals(before); votes = stage.values("job")) {
            before = votes;
            Stage.pause(300);
        }
        proxies.forEach(FaultProxy::heal);
        Stage.pause(1_500);
        assertThat(next.isHeld()).isTrue();
        assertThat(stage.values("job")).isEqualTo(votes);
        assertThat(Stage.get(old.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.BACKEND_UNREACHABLE);
    }

    @Test
    void votesOfAMinorityRemoved_areRepairedAndNotCountedMeanwhile() {
        Holdfast client = stage.client("lease-time=3s&" + RedlockStage.DURABLE);
        Lease lease = Stage.take(client, "job");
        stage.on(0, server -> server.del("job"));
        stage.on(1, server -> server.del("job"));
        await().untilAsserted(() -> assertThat(stage.standing("job")).isEqualTo(5));
        assertThat(stage.values("job")).as("with the fence").allMatch(vote -> !vote.contains("|0|"));
        assertThat(lease.isHeld()).isTrue();
        stage.on(2, server -> server.del("job"));
        stage.on(3, server -> server.del("job"));
        await().untilAsserted(() -> assertThat(stage.standing("job")).isEqualTo(5));
        Stage.pause(1_500);
        assertThat(lease.isHeld()).as("the repaired ones count now").isTrue();
    }

    @Test
    void votesOfAMajorityRemoved_areALossAndNothingIsLeft() throws Exception {
        Holdfast client = stage.client("lease-time=3s&" + RedlockStage.DURABLE);
        Lease lease = Stage.take(client, "job");
        for (int i = 0; i < 3; i++) {
            stage.on(i, server -> server.del("job"));
        }
        assertThat(Stage.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.TAKEN_OVER);
        await().untilAsserted(() -> assertThat(stage.standing("job")).isZero());
    }

    /** The fence travels with the vote: whoever missed it, or forgot it, must not offer a smaller one to the next holder. */
    @Test
    void serversThatMissedTheFence_areToldItByTheRenewalAndByTheRelease() {
        String fence = KeyLayout.of("job").fence();
        Holdfast client = stage.client("lease-time=3s&" + RedlockStage.DURABLE);
        Lease lease = Stage.take(client, "job");
        String written = Long.toString(lease.storeRevision());
        stage.on(0, server -> server.set(fence, "1"));
        stage.on(1, server -> server.del(fence));
        await().untilAsserted(() ->
                assertThat(stage.values(fence)).as("after a renewal").containsOnly(written));
        stage.on(2, server -> server.set(fence, "1"));
        stage.on(3, server -> server.del(fence));
        lease.release();
        await().untilAsserted(() ->
                assertThat(stage.values(fence)).as("after the release").containsOnly(written));
        assertThat(Stage.take(client, "job").token()).isGreaterThan(lease.token());
    }

    @Test
    void leaseLongerThanMaxLease_isRefused() {
        Holdfast client = stage.client("max-lease=5s&" + RedlockStage.DURABLE);
        Throwable thrown =
                catchThrowable(() -> client.lock("job", LockOptions.defaults().withLeaseTime(Duration.ofSeconds(6))));
        assertThat(thrown).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("PT5S");
    }

    @Test
    void clientsThatContend_makeProgressOneAtATime() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Holdfast> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(stage.client("lease-time=5s&" + RedlockStage.DURABLE));
        }
        ExecutorService threads = Executors.newFixedThreadPool(clients.size());
        List<CompletableFuture<Void>> runs = new ArrayList<>();
        for (Holdfast client : clients) {
            runs.add(CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < 25; i++) {
                            try (Lease lease = client.lock("job").acquire(Duration.ofSeconds(20))) {
                                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                Stage.pause(1);
                                assertThat(lease.isHeld()).isTrue();
                                inside.decrementAndGet();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        }
                    },
                    threads));
        }
        for (CompletableFuture<Void> run : runs) {
            run.get(60, java.util.concurrent.TimeUnit.SECONDS);
        }
        threads.shutdown();
        assertThat(most).hasValue(1);
        await().untilAsserted(() -> assertThat(stage.standing("job")).isZero());
    }
}
