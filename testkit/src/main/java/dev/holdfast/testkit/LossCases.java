// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LeaseLostException;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A lost lease says so, in time and with a reason. */
interface LossCases {
    @Test
    @Needs({Capability.SILENCE, Capability.EXPIRY})
    default void loss_inSilence_isToldBeforeARivalOwnsTheLock(Scene scene) throws Exception {
        Client holder = scene.client();
        Client rival = scene.client();
        Lease lease = holder.take("job");
        scene.throughout(scene.leaseTime(), "held", lease::isHeld);
        CompletableFuture<Long> lost = new CompletableFuture<>();
        lease.whenLost().thenAccept(why -> lost.complete(System.nanoTime()));
        Pulse pulse = scene.pulse();
        holder.link().silence();
        Lease next = rival.lock("job").acquire(scene.patience());
        long granted = System.nanoTime();
        assertThat(lease.isHeld()).isFalse();
        assertThat(next.isHeld()).isTrue();
        Duration stoodStill = pulse.stoodStill();
        assertThat(scene.get(lost) - stoodStill.toNanos())
                .as("when the loss was told, less the %s for which this machine may have held it up", stoodStill)
                .isLessThan(granted);
        assertThat(scene.get(lease.whenLost().toCompletableFuture()))
                .isIn(LeaseLoss.BACKEND_UNREACHABLE, LeaseLoss.SESSION_CLOSED);
        assertThatThrownBy(lease::ensureHeld).isInstanceOf(LeaseLostException.class);
        assertThat(lease.release()).isEqualTo(ReleaseResult.ALREADY_LOST);
        holder.link().heal();
        scene.throughout(Duration.ofMillis(100), "the new owner keeps the lock", next::isHeld);
        assertThat(holder.lock("job").tryAcquire()).isNull();
    }

    @Test
    @Needs(Capability.REMOVAL)
    default void loss_afterRemoval_isToldWithinOneRenewalInterval(Scene scene) throws Exception {
        Client holder = scene.client();
        Lease lease = holder.take("job");
        scene.store().remove("job");
        Pulse pulse = scene.pulse();
        long removed = System.nanoTime();
        LeaseLoss why = scene.get(lease.whenLost().toCompletableFuture());
        assertThat(Duration.ofNanos(System.nanoTime() - removed))
                .isLessThan(scene.leaseTime()
                        .dividedBy(3)
                        .plus(scene.callTimeout())
                        .plusMillis(500)
                        .plus(pulse.stoodStill()));
        assertThat(why).isIn(LeaseLoss.TAKEN_OVER, LeaseLoss.SESSION_CLOSED);
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.release()).isEqualTo(ReleaseResult.ALREADY_LOST);
        assertThat(holder.isFree("job")).isTrue();
    }

    @Test
    @Needs(Capability.SESSION_END)
    default void loss_afterTheSessionEnded_isTold(Scene scene) throws Exception {
        Client holder = scene.client();
        Client rival = scene.client();
        Lease lease = holder.take("job");
        holder.link().endSession();
        assertThat(scene.get(lease.whenLost().toCompletableFuture()))
                .isIn(LeaseLoss.SESSION_CLOSED, LeaseLoss.TAKEN_OVER, LeaseLoss.BACKEND_UNREACHABLE);
        assertThat(lease.isHeld()).isFalse();
        rival.lock("job").acquire(scene.patience()).release();
        holder.lock("job").acquire(scene.patience());
    }

    @Test
    @Needs(Capability.RESTART_EMPTY)
    default void loss_ofAllDataOfTheStore_isTold(Scene scene) throws Exception {
        Client holder = scene.client();
        Lease lease = holder.take("job");
        scene.store().restart(false);
        scene.get(lease.whenLost().toCompletableFuture());
        assertThat(lease.isHeld()).isFalse();
        assertThat(holder.lock("job").acquire(scene.patience()).token()).isGreaterThan(lease.token());
    }

    @Test
    @Needs(Capability.FORCE_RELEASE)
    default void loss_afterForcedRelease_isTold(Scene scene) throws Exception {
        Client holder =
                scene.client(scene.options().withLeaseTime(scene.leaseTime().multipliedBy(3)));
        Client operator = scene.client();
        Lease lease = holder.take("job");
        assertThat(operator.locks().forceRelease("job")).isTrue();
        assertThat(scene.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.TAKEN_OVER);
        assertThat(lease.isHeld()).isFalse();
        operator.lock("job").acquire(scene.patience()).release();
    }

    @Test
    default void release_ofAHeldLease_neverFiresTheSignal(Scene scene) throws Exception {
        Client client = scene.client();
        Lease lease = client.take("job");
        lease.release();
        Lease second = client.lock("job").acquire(scene.patience());
        second.release();
        scene.throughout(
                scene.leaseTime().plusMillis(200),
                "no loss is told",
                () -> !lease.whenLost().toCompletableFuture().isDone()
                        && !second.whenLost().toCompletableFuture().isDone());
    }

    @Test
    @Needs(Capability.REMOVAL)
    default void release_ofALostLease_doesNotFreeTheNewOwner(Scene scene) throws Exception {
        Client holder = scene.client();
        Client rival = scene.client();
        Lease lease = holder.take("job");
        scene.store().remove("job");
        Lease next = rival.lock("job").acquire(scene.patience());
        scene.get(lease.whenLost().toCompletableFuture());
        lease.release();
        lease.close();
        assertThat(next.isHeld()).isTrue();
        assertThat(scene.client().lock("job").tryAcquire()).isNull();
    }

    @Test
    @Needs({Capability.STALL, Capability.EXPIRY, Capability.LINE})
    default void waiter_hearsOfItsGrantAfterItExpired_doesNotHoldTheLock(Scene scene) throws Exception {
        Client holder = scene.client();
        Client late = scene.client();
        Client rival = scene.client();
        Lease lease = holder.take("job");
        int standing = scene.store().residue().size();
        CompletableFuture<Lease> waiter = late.lock("job").acquireAsync(scene.patience());
        scene.eventually("it stands in line", () -> scene.store().residue().size() > standing);
        late.link().stall();
        lease.release();
        Lease next = rival.lock("job").acquire(scene.patience());
        late.link().heal();
        scene.throughout(
                Duration.ofMillis(300),
                "at most one lease is valid",
                () -> !(waiter.isDone() && waiter.join().isHeld() && next.isHeld()));
        assertThat(next.isHeld()).isTrue();
        next.release();
        scene.get(waiter).release();
    }
}
