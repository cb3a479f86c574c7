// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.ReleaseResult;
import dev.holdfast.etcd.CallGate.Fate;
import dev.holdfast.etcd.wire.KeyRecord;
import dev.holdfast.testkit.PlainClaim;
import dev.holdfast.testkit.servers.EtcdServer;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of the keys of those who leave, when a request or its answer is lost or late. */
final class LeavingTest {
    private static final LockOptions OPTIONS =
            LockOptions.defaults().withLeaseTime(Duration.ofSeconds(3)).withCallTimeout(Duration.ofSeconds(5));

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

    @Test
    void releaseForTheNextOne_isRepeatedAfterARivalCame_leavesTheNextOneBeforeTheRival() throws Exception {
        CallGate gate = stage.gate();
        LockOptions options = LockOptions.defaults()
                .withLeaseTime(Duration.ofSeconds(9))
                .withCallTimeout(Duration.ofSeconds(5))
                .withLocalHandovers(0);
        Holdfast client = stage.clientBehind(stage.proxy(etcd.socketAddress()), gate, options);
        Holdfast other = stage.client();
        Stage.take(other, "warm").release();
        Lease held = Stage.take(client, "job");
        CompletableFuture<Lease> waiter = client.lock("job").acquireAsync(Stage.PATIENCE);
        gate.holdNext();
        CompletableFuture<ReleaseResult> release = held.releaseAsync().toCompletableFuture();
        await().until(gate::isHolding);
        gate.deliver();
        CompletableFuture<Lease> rival = other.lock("job").acquireAsync(Stage.PATIENCE);
        await().until(() -> stage.keysOf("job").size() == 2);
        await().atMost(Duration.ofSeconds(2)).until(waiter::isDone);
        assertThat(rival).isNotDone();
        assertThat(release.join()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(stage.keysOf("job")).hasSize(2);
        waiter.join().release();
        assertThat(Stage.get(rival).token()).isGreaterThan(held.token());
    }

    @Test
    void deletionsThatFail_leaveNoKeyWhileTheClientHoldsOtherLocks() throws Exception {
        CallGate gate = stage.gate();
        Holdfast client = stage.clientBehind(stage.proxy(etcd.socketAddress()), gate, OPTIONS);
        Lease held = Stage.take(client, "held");
        Lease marked = Stage.take(client, "marked");
        assertThat(stage.client().forceRelease("marked")).isTrue();
        gate.next(Fate.PASS, Fate.REFUSE, Fate.REFUSE);
        Stage.get(marked.whenLost().toCompletableFuture());
        await().atMost(Stage.PATIENCE).until(() -> stage.keysOf("marked").isEmpty());
        assertThat(held.isHeld()).isTrue();
    }

    @Test
    void releaseThatTakesItsTime_isNotOvertakenByTheSweep() throws Exception {
        CallGate gate = stage.gate();
        Holdfast client = stage.clientBehind(stage.proxy(etcd.socketAddress()), gate, OPTIONS);
        gate.loseNext();
        Stage.take(client, "swept").release();
        Lease held = Stage.take(client, "held");
        Lease lease = Stage.take(client, "job");
        gate.next(Fate.DELAY);
        CompletableFuture<ReleaseResult> release = lease.releaseAsync().toCompletableFuture();
        assertThat(Stage.get(release)).isEqualTo(ReleaseResult.RELEASED);
        assertThat(held.isHeld()).isTrue();
    }

    @Test
    void placeWhoseDeletionIsUnderWay_isNotGranted() throws Exception {
        CallGate gate = stage.gate();
        EtcdBackend backend = stage.backendBehind(gate, new NotedEvents());
        Holdfast other = stage.client();
        Lease rival = Stage.take(other, "job");
        PlainClaim claim = new PlainClaim("job", Duration.ofSeconds(9), true);
        gate.next(Fate.LOSE, Fate.LOSE);
        backend.acquire(claim);
        await().until(() -> claim.was("failed, perhaps applied"));
        claim.asksNow(false);
        gate.next(Fate.PASS, Fate.PASS, Fate.HOLD, Fate.REFUSE);
        backend.acquire(claim);
        await().until(() -> claim.was("failed, perhaps applied"));
        rival.release();
        claim.asksNow(true);
        backend.acquire(claim);
        await().until(() -> !claim.answers().isEmpty());
        gate.deliver();
        await().until(() -> claim.was("granted"));
        assertThat(stage.keysOf("job")).as("keys of the one who was granted").hasSize(1);
        assertThat(other.lock("job").tryAcquire()).isNull();
    }

    @Test
    void putThatIsCarriedOutAfterTheRelease_doesNotGiveItsKeyToALaterAttempt() throws Exception {
        CallGate gate = stage.gate();
        EtcdBackend backend = stage.backendBehind(gate, new NotedEvents());
        PlainClaim claim = new PlainClaim("job", Duration.ofSeconds(9), true);
        askTwice(gate, backend, claim);
        claim.asksNow(true);
        backend.release(claim, null);
        await().until(() -> claim.was("freed"));
        await().until(() -> claim.was("granted"));
        PlainClaim later = new PlainClaim("job", Duration.ofSeconds(9), true);
        backend.acquire(later);
        await().until(() -> !later.answers().isEmpty());
        // The sweep may be faster than the withdrawal.
        assertThat(later.answers().get(0)).as("beside the key that is there").isEqualTo("queued");
        claim.asksNow(true);
        backend.withdraw(claim);
        await().until(() -> later.was("granted") && !claim.answers().isEmpty());
        assertThat(stage.keysOf("job")).hasSize(1);
    }

    @Test
    void putThatIsCarriedOutAfterAnOperatorGaveTheLockToARival_isNoLockAndIsDeleted() throws Exception {
        CallGate gate = stage.gate();
        EtcdBackend backend = stage.backendBehind(gate, new NotedEvents());
        Holdfast other = stage.client();
        PlainClaim claim = new PlainClaim("job", Duration.ofSeconds(9), true);
        askTwice(gate, backend, claim);
        stage.operator().delete("job/");
        Lease rival = Stage.take(other, "job");
        await().until(() -> claim.was("gone"));
        await().until(() -> stage.keysOf("job").size() == 1);
        assertThat(rival.release()).isEqualTo(ReleaseResult.RELEASED);
    }

    @Test
    void putThatIsCarriedOutAfterItsPlaceWasLeft_leavesNoKey() throws Exception {
        CallGate gate = stage.gate();
        EtcdBackend backend = stage.backendBehind(gate, new NotedEvents());
        Stage.take(stage.client(), "job");
        PlainClaim claim = new PlainClaim("job", Duration.ofSeconds(5), true);
        backend.prepare(Duration.ofSeconds(5));
        gate.next(Fate.DELAY);
        backend.acquire(claim);
        backend.acquire(claim);
        await().until(() -> claim.was("queued"));
        String first = stage.keysOf("job").stream()
                .filter(key -> key.endsWith("-1") && !key.equals(keyOfTheHolder()))
                .findFirst()
                .orElseThrow();
        stage.operator().delete(first);
        claim.asksNow(true);
        backend.acquire(claim);
        await().until(() -> claim.was("queued"));
        Stage.pause(CallGate.DELAY);
        await().until(() -> stage.keysOf("job").size() == 2);
        assertThat(stage.keysOf("job")).doesNotContain(first);
    }

    /** Its claim has long ended, so nobody but the sweep can find the key. */
    @Test
    void tryThatFoundTheLockTaken_ofWhichACopyIsCarriedOutLater_leavesNoKey() throws Exception {
        CallGate gate = stage.gate();
        Holdfast client = stage.clientBehind(stage.proxy(etcd.socketAddress()), gate, OPTIONS);
        Lease other = Stage.take(client, "held");
        Lease held = Stage.take(stage.client(), "job");
        gate.holdNext();
        assertThat(client.lock("job").tryAcquire()).isNull();
        held.release();
        gate.deliver();
        await().atMost(Duration.ofSeconds(5)).until(() -> stage.keysOf("job").isEmpty());
        assertThat(other.isHeld()).isTrue();
    }

    /** A change of a key is how an operator asks for the lock, so its holder would give it back. */
    @Test
    void releaseForTheNextOne_thatIsCarriedOutWhenTheNextOneHasItsKey_changesNothing() throws Exception {
        CallGate gate = stage.gate();
        EtcdBackend backend = stage.backendBehind(gate, new NotedEvents());
        backend.prepare(Duration.ofSeconds(9));
        PlainClaim left = new PlainClaim("job", Duration.ofSeconds(9), true);
        backend.acquire(left);
        await().until(() -> left.was("granted"));
        PlainClaim next = new PlainClaim("job", Duration.ofSeconds(9), true);
        left.asksNow(true);
        gate.next(Fate.HOLD, Fate.REFUSE);
        backend.release(left, next);
        await().until(() -> left.was("not freed") && next.was("failed, perhaps applied"));
        next.asksNow(true);
        backend.acquire(next);
        await().until(() -> next.was("queued"));
        gate.deliver();
        assertThat(stage.operator().keys("job/")).isNotEmpty().allMatch(key -> key.modified() == key.created());
        left.asksNow(true);
        backend.release(left, null);
        await().until(() -> next.was("granted"));
        assertThat(stage.keysOf("job")).hasSize(1);
    }

    private String keyOfTheHolder() {
        return stage.operator().keys("job/").stream()
                .min(Comparator.comparing(KeyRecord::created))
                .orElseThrow()
                .key();
    }

    @Test
    void requestThatWasNeverSent_leavesNothingToWithdraw_norItsKeyUnused() throws Exception {
        CallGate gate = stage.gate();
        EtcdBackend backend = stage.backendBehind(gate, new NotedEvents());
        backend.prepare(Duration.ofSeconds(9));
        PlainClaim late = new PlainClaim("job", Duration.ofSeconds(9), true);
        late.asksTooLate();
        long before = gate.calls();
        backend.acquire(late);
        await().until(() -> late.was("failed"));
        backend.withdraw(late);
        await().until(() -> late.was("freed, not held"));
        assertThat(gate.calls()).as("calls").isEqualTo(before);
        PlainClaim next = new PlainClaim("job", Duration.ofSeconds(9), true);
        backend.acquire(next);
        await().until(() -> next.was("granted"));
        assertThat(stage.keysOf("job")).singleElement().asString().endsWith("-1");
    }

    /** The first request comes late, and a second one is sent meanwhile and is granted. */
    private static void askTwice(CallGate gate, EtcdBackend backend, PlainClaim claim) {
        backend.prepare(Duration.ofSeconds(9));
        gate.next(Fate.DELAY);
        backend.acquire(claim);
        backend.acquire(claim);
        await().until(() -> claim.was("granted"));
    }
}
