// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Giving the lock back. */
interface ReleaseCases {
    @Test
    default void release_held_freesTheLockForOthers(Scene scene) {
        Client holder = scene.client();
        Client rival = scene.client();
        Lease lease = holder.take("job");
        assertThat(lease.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(lease.isHeld()).isFalse();
        assertThatThrownBy(lease::ensureHeld).isInstanceOf(IllegalStateException.class);
        assertThat(rival.isFree("job")).isTrue();
    }

    @Test
    default void release_twice_doesNotFreeTheNewOwner(Scene scene) {
        Client holder = scene.client();
        Client rival = scene.client();
        Lease lease = holder.take("job");
        lease.release();
        Lease next = rival.take("job");
        assertThat(lease.release()).isEqualTo(ReleaseResult.ALREADY_LOST);
        lease.close();
        assertThat(next.isHeld()).isTrue();
        assertThat(scene.client().lock("job").tryAcquire()).isNull();
    }

    @Test
    default void release_twiceWithAnOwnerInTheSameClient_doesNotFreeHim(Scene scene) {
        Client client = scene.client();
        Lease lease = client.take("job");
        lease.release();
        Lease next = client.take("job");
        lease.release();
        lease.close();
        assertThat(next.isHeld()).isTrue();
        assertThat(scene.client().lock("job").tryAcquire()).isNull();
    }

    @Test
    default void release_byAnotherThread_freesTheLock(Scene scene) throws Exception {
        Client client = scene.client();
        Lease lease = client.take("job");
        assertThat(scene.async(lease::release).get()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(client.isFree("job")).isTrue();
    }

    @Test
    default void release_ofAnInterruptedThread_completesAndKeepsTheInterrupt(Scene scene) throws Exception {
        Client client = scene.client();
        Lease lease = client.take("job");
        boolean kept = scene.async(() -> {
                    Thread.currentThread().interrupt();
                    assertThat(lease.release()).isEqualTo(ReleaseResult.RELEASED);
                    return Thread.interrupted();
                })
                .get();
        assertThat(kept).isTrue();
        scene.nothingIsLeft();
    }

    @Test
    default void release_afterItsLeaseRanOut_saysAlreadyLostAndFreesNobody(Scene scene) throws Exception {
        Client holder = scene.client(scene.options().withAutoRenewal(false));
        Client rival = scene.client();
        Lease lease = holder.take("job");
        Lease next = rival.lock("job").acquire(scene.patience());
        assertThat(lease.release()).isEqualTo(ReleaseResult.ALREADY_LOST);
        assertThat(next.isHeld()).isTrue();
        assertThat(scene.client().lock("job").tryAcquire()).isNull();
    }

    @Test
    default void release_afterClose_saysAlreadyLost(Scene scene) throws Exception {
        Client client = scene.client();
        Lease lease = client.take("job");
        client.close();
        assertThat(lease.release()).isEqualTo(ReleaseResult.ALREADY_LOST);
        assertThat(lease.isHeld()).isFalse();
        assertThat(scene.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.CLIENT_CLOSED);
    }

    @Test
    default void releaseAsync_whenItReturns_isHeldIsFalse(Scene scene) throws Exception {
        Client client = scene.client();
        Lease lease = client.take("job");
        CompletableFuture<ReleaseResult> answer = lease.releaseAsync().toCompletableFuture();
        assertThat(lease.isHeld()).isFalse();
        assertThat(scene.get(answer)).isEqualTo(ReleaseResult.RELEASED);
        assertThat(client.isFree("job")).isTrue();
    }

    @Test
    @Needs(Capability.STALL)
    default void isHeld_whileTheReleaseIsUnderWay_isFalse(Scene scene) throws Exception {
        Client client = scene.client();
        Lease lease = client.take("job");
        client.link().stall();
        CompletableFuture<ReleaseResult> answer = lease.releaseAsync().toCompletableFuture();
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.remaining()).isZero();
        assertThat(answer).isNotDone();
        client.link().heal();
        assertThat(scene.get(answer)).isNotNull();
    }

    @Test
    @Needs(Capability.SILENCE)
    default void release_inSilence_isUnconfirmedAndConfirmedInTheBackground(Scene scene) throws Exception {
        Client holder = scene.client(scene.options().withLeaseTime(Duration.ofSeconds(30)));
        Client rival = scene.client();
        Lease lease = holder.take("job");
        holder.link().silence();
        Pulse pulse = scene.pulse();
        long before = System.nanoTime();
        assertThat(lease.release()).isEqualTo(ReleaseResult.UNCONFIRMED);
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isLessThan(scene.callTimeout().plusSeconds(1).plus(pulse.stoodStill()));
        assertThat(lease.isHeld()).isFalse();
        holder.link().heal();
        rival.lock("job").acquire(scene.patience()).release();
        assertThat(lease.whenLost().toCompletableFuture()).isNotDone();
        scene.nothingIsLeft();
    }

    @Test
    @Needs(Capability.SILENCE)
    default void acquire_whileAReleaseIsUnconfirmed_getsTheLockAfterwards(Scene scene) throws Exception {
        Client client = scene.client();
        Lease lease = client.take("job");
        client.link().silence();
        lease.release();
        CompletableFuture<Lease> next = client.lock("job").acquireAsync(scene.patience());
        client.link().heal();
        Lease again = scene.get(next);
        assertThat(again.token()).isGreaterThan(lease.token());
        scene.throughout(scene.leaseTime(), "the repeat of the release does not end the new lease", again::isHeld);
        assertThat(scene.client().lock("job").tryAcquire()).isNull();
    }

    @Test
    @Needs(Capability.LOST_REPLY)
    default void release_replyWasLost_isConfirmedByTheRepeat(Scene scene) {
        Client client = scene.client();
        Lease lease = client.take("job");
        client.link().loseNextReply();
        assertThat(lease.release()).isNotEqualTo(ReleaseResult.ALREADY_LOST);
        scene.nothingIsLeft();
        scene.eventually("the client can take it again", () -> client.isFree("job"));
    }
}
