// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockOptions;
import dev.holdfast.ReleaseResult;
import dev.holdfast.etcd.wire.KeyRecord;
import dev.holdfast.testkit.servers.EtcdServer;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One etcd: what can happen to sessions, keys, watches and connections. */
final class FaultsTest {
    @RegisterExtension
    static final EtcdServer etcd = EtcdServer.start(EtcdFixture.QUICK);

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(etcd.uri());
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void silence_lossComesBeforeTheRivalsGrant(int seconds) throws Exception {
        FaultProxy proxy = stage.proxy(etcd.socketAddress());
        Holdfast holder = stage.clientBehind(proxy, "lease-time=" + seconds + "s");
        Lease held = Stage.takeAndKeep(holder, "job", seconds * 1_500L);
        CompletableFuture<Long> lost = new CompletableFuture<>();
        held.whenLost().thenAccept(why -> lost.complete(System.nanoTime()));
        proxy.requests().blackHole();
        proxy.replies().blackHole();
        Lease next = stage.client().lock("job").acquire(Stage.PATIENCE);
        long granted = System.nanoTime();
        assertThat(held.isHeld()).isFalse();
        assertThat(Stage.get(lost)).isLessThan(granted);
        assertThat(next.token()).isGreaterThan(held.token());
    }

    @Test
    void serverStoppedForLongerThanTheLease_lossComesByOurOwnClock() throws Exception {
        Lease held = Stage.take(stage.client("lease-time=2s"), "job");
        etcd.pause();
        try {
            assertThat(Stage.get(held.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.BACKEND_UNREACHABLE);
        } finally {
            etcd.resume();
        }
    }

    @Test
    void leaseRevoked_isToldAtTheNextRenewal_andTheClientGoesOn() throws Exception {
        Holdfast client = stage.client("lease-time=3s");
        Lease one = Stage.take(client, "one");
        // So that they are renewed one after the other.
        Stage.pause(500);
        Lease two = Stage.take(client, "two");
        stage.operator().revoke(stage.operator().keys("one/").get(0).lease());
        assertThat(Stage.get(one.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.SESSION_CLOSED);
        assertThat(Stage.get(two.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.SESSION_CLOSED);
        assertThat(client.lock("one").acquire(Stage.PATIENCE).isHeld()).isTrue();
    }

    @Test
    void leaseOfAWaiterRevoked_itStandsInLineAgain_andIsGranted() throws Exception {
        Lease held = Stage.take(stage.client(), "job");
        CompletableFuture<Lease> waiter =
                stage.client("lease-time=2s").lock("job").acquireAsync();
        await().until(() -> stage.keysOf("job").size() == 2);
        KeyRecord waiting = stage.operator().keys("job/").stream()
                .filter(key -> key.created() != held.storeRevision())
                .findFirst()
                .orElseThrow();
        stage.operator().revoke(waiting.lease());
        await().until(() -> stage.keysOf("job").size() == 2);
        assertThat(waiter).isNotDone();
        held.release();
        assertThat(Stage.get(waiter).token()).isGreaterThan(held.token());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answerToTheReleaseIsLost_itsRepetitionTellsThatItWasReleased(boolean somebodyWaits) throws Exception {
        CallGate gate = stage.gate();
        LockOptions options = LockOptions.defaults()
                .withLeaseTime(Duration.ofSeconds(4))
                .withCallTimeout(Duration.ofSeconds(5))
                .withLocalHandovers(0);
        Holdfast client = stage.clientBehind(stage.proxy(etcd.socketAddress()), gate, options);
        Lease held = Stage.take(client, "job");
        CompletableFuture<Lease> waiter = somebodyWaits ? client.lock("job").acquireAsync() : null;
        gate.loseNext();
        assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
        if (waiter != null) {
            Lease next = Stage.get(waiter);
            Stage.pause(3_000);
            assertThat(next.isHeld()).as("held after a renewal").isTrue();
            assertThat(next.release()).isEqualTo(ReleaseResult.RELEASED);
        }
        assertThat(stage.keysOf("job")).isEmpty();
    }

    @Test
    void lockThatWasWaitedFor_andIsLost_isWatchedNoMore() throws Exception {
        Lease held = Stage.take(stage.client("lease-time=3s"), "job");
        CompletableFuture<Lease> waiter =
                stage.client("lease-time=3s").lock("job").acquireAsync(Stage.PATIENCE);
        await().until(() -> stage.operator().watches() == 1);
        held.release();
        Lease lost = Stage.get(waiter);
        assertThat(stage.operator().watches()).as("watches during the hold").isEqualTo(1);
        stage.operator().revoke(stage.operator().keys("job/").get(0).lease());
        assertThat(Stage.get(lost.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.SESSION_CLOSED);
        await().until(() -> stage.operator().watches() == 0);
    }

    @Test
    void keyRemovedWhileALateLookIsUnderWay_isToldToTheHolderAllTheSame() throws Exception {
        CallGate gate = stage.gate();
        LockOptions options = LockOptions.defaults().withLeaseTime(Duration.ofMillis(1500));
        Holdfast client = stage.clientBehind(stage.proxy(etcd.socketAddress()), gate, options);
        Lease before = Stage.take(stage.client(), "job");
        CompletableFuture<Lease> waiter = client.lock("job").acquireAsync(Stage.PATIENCE);
        await().until(() -> stage.keysOf("job").size() == 2);
        gate.holdNext();
        await().until(gate::isHolding);
        before.release();
        Lease held = Stage.get(waiter);
        stage.operator().delete("job/");
        Lease rival = Stage.take(stage.client(), "job");
        assertThat(Stage.get(held.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.TAKEN_OVER);
        assertThat(rival.isHeld()).isTrue();
    }

    @Test
    void waiterWhoseLeaseIsGone_whenItIsItsTurn_doesNotWin() throws Exception {
        Lease held = Stage.take(stage.client(), "job");
        FaultProxy proxy = stage.proxy(etcd.socketAddress());
        CompletableFuture<Lease> deaf =
                stage.clientBehind(proxy, "lease-time=2s").lock("job").acquireAsync(Stage.PATIENCE);
        await().until(() -> stage.keysOf("job").size() == 2);
        proxy.requests().blackHole();
        proxy.replies().blackHole();
        await().atMost(Stage.PATIENCE).until(() -> stage.keysOf("job").size() == 1);
        held.release();
        Lease next = stage.client().lock("job").acquire(Stage.PATIENCE);
        proxy.heal();
        Stage.pause(1_000);
        assertThat(deaf.isDone() && deaf.join().isHeld()).isFalse();
        assertThat(next.isHeld()).isTrue();
        next.release();
        Stage.get(deaf).release();
    }

    @Test
    void keyRemoved_isToldAtTheNextRenewal() throws Exception {
        Lease held = Stage.take(stage.client("lease-time=2s"), "job");
        stage.operator().delete("job/");
        assertThat(Stage.get(held.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.TAKEN_OVER);
        assertThat(held.release()).isEqualTo(ReleaseResult.ALREADY_LOST);
    }

    @Test
    void strangeKeysUnderOurLease_areSweptOnceAnAnswerWasLost() throws Exception {
        CallGate gate = stage.gate();
        LockOptions options = LockOptions.defaults().withLeaseTime(Duration.ofSeconds(3));
        Holdfast client = stage.clientBehind(stage.proxy(etcd.socketAddress()), gate, options);
        Lease held = Stage.take(client, "held");
        KeyRecord own = stage.operator().keys("held/").get(0);
        gate.loseNext();
        Stage.take(client, "released").release();
        stage.operator().put("late/" + Long.toHexString(own.lease()) + "-999", "", own.lease());
        await().atMost(Stage.PATIENCE).until(() -> stage.keysOf("late").isEmpty());
        assertThat(held.isHeld()).isTrue();
        assertThat(stage.keysOf("held")).containsExactly(own.key());
    }

    @Test
    void brokenConnections_loseNoLease_andLeaveNoSecondKey() throws Exception {
        FaultProxy proxy = stage.proxy(etcd.socketAddress());
        Holdfast client = stage.clientBehind(proxy, "lease-time=4s");
        Lease held = Stage.take(client, "held");
        for (int i = 0; i < 10; i++) {
            proxy.replies().cutBefore(1 + i % 3);
            try (Lease lease = client.lock("job").acquire(Stage.PATIENCE)) {
                assertThat(stage.keysOf("job")).hasSize(1);
                assertThat(lease.isHeld()).isTrue();
            }
        }
        assertThat(held.isHeld()).isTrue();
        assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
        await().atMost(Stage.PATIENCE).until(() -> stage.keysOf("job").isEmpty());
    }

    @Test
    void twentyWaiters_thatGiveUp_leaveNoKey() throws Exception {
        Lease held = Stage.take(stage.client(), "job");
        List<CompletableFuture<Lease>> waiters = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiters.add(stage.client().lock("job").acquireAsync());
        }
        await().atMost(Stage.PATIENCE).until(() -> stage.keysOf("job").size() == 21);
        waiters.forEach(waiter -> waiter.cancel(true));
        await().atMost(Stage.PATIENCE).until(() -> stage.keysOf("job").size() == 1);
        held.release();
        assertThat(Stage.take(stage.client(), "job").isHeld()).isTrue();
    }

    @Test
    void compactionWhileWaiting_neitherFailsNorLeavesAKey() throws Exception {
        Lease held = Stage.take(stage.client(), "job");
        FaultProxy proxy = stage.proxy(etcd.socketAddress());
        CompletableFuture<Lease> waiter =
                stage.clientBehind(proxy, "lease-time=4s").lock("job").acquireAsync();
        await().until(() -> stage.keysOf("job").size() == 2);
        long revision = stage.operator().put("other", "", 0);
        Gateway.post(etcd.address(), "kv/compaction", "{\"revision\":\"" + revision + "\"}");
        proxy.reset();
        held.release();
        Stage.get(waiter).release();
        await().until(() -> stage.keysOf("job").isEmpty());
    }

    @Test
    void waiting_costsAFewRequestsPerLease() throws Exception {
        Lease held = Stage.take(stage.client(), "job");
        FaultProxy proxy = stage.proxy(etcd.socketAddress());
        CompletableFuture<Lease> waiter =
                stage.clientBehind(proxy, "lease-time=6s").lock("job").acquireAsync();
        await().until(() -> stage.keysOf("job").size() == 2);
        long before = proxy.requests().frames();
        Stage.pause(4_500);
        assertThat(proxy.requests().frames() - before)
                .as("chunks in three quarters of a lease")
                .isBetween(1L, 20L);
        held.release();
        Stage.get(waiter).release();
    }

    @Test
    void stoppedProcess_resumedAfterTwoLeases_knowsThatItLostTheLock() throws Exception {
        WorkerProcess holder = stage.process("lease-time=3s");
        long token = Long.parseLong(holder.ask("try job"));
        holder.ask("watch job");
        holder.stop();
        Lease next = stage.client().lock("job").acquire(Stage.PATIENCE);
        // For the worker a standstill is longer than two seconds, and its lease may have had less than one left.
        Stage.pause(2_000);
        holder.resume();
        assertThat(holder.ask("resumed job")).isEqualTo("over");
        assertThat(holder.ask("release job")).isEqualTo("ALREADY_LOST");
        assertThat(next.token()).isGreaterThan(token);
        assertThat(next.isHeld()).isTrue();
    }

    @Test
    void leaseTime_belowTheServersFloor_isRaisedAndSaid() {
        try (EtcdServer slow = EtcdServer.start();
                Holdfast client = Holdfast.open(slow.uri() + "?lease-time=1s")) {
            assertThat(Stage.take(client, "job").leaseTime()).isEqualTo(Duration.ofSeconds(2));
        }
    }

    @Test
    void releasedLock_ofABusyClient_isNotHeldByItsOldSession() throws Exception {
        Holdfast client = stage.client("lease-time=4s");
        Lease kept = Stage.take(client, "kept");
        Lease unrenewed =
                stage.client("lease-time=2s&auto-renewal=false").lock("job").acquire();
        assertThat(Stage.get(unrenewed.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.EXPIRED);
        Stage.take(stage.client(), "job").release();
        assertThat(kept.isHeld()).isTrue();
    }
}
