// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Renewal keeps a lease, and stops in time. */
interface RenewalCases {
    @Test
    default void lease_renewed_outlivesThreeLeaseTimes(Scene scene) {
        Client holder = scene.client();
        Client rival = scene.client(scene.unhurried());
        Lease lease = holder.take("job");
        scene.throughout(
                scene.leaseTime().multipliedBy(3).plusMillis(100),
                "the lease is held and the lock is taken",
                () -> lease.isHeld() && !rival.isFree("job"));
        assertThat(lease.whenLost().toCompletableFuture()).isNotDone();
        assertThat(lease.remaining()).isPositive();
        lease.ensureHeld();
    }

    @Test
    default void lease_withoutRenewal_endsOnTimeOnEveryStore(Scene scene) throws Exception {
        Client holder = scene.client(scene.options().withAutoRenewal(false));
        Client rival = scene.client();
        Pulse pulse = scene.pulse();
        long before = System.nanoTime();
        Lease lease = holder.take("job");
        Duration leaseTime =
                lease.leaseTime().equals(ChronoUnit.FOREVER.getDuration()) ? scene.leaseTime() : lease.leaseTime();
        CompletableFuture<Long> lost = new CompletableFuture<>();
        lease.whenLost().thenAccept(why -> lost.complete(System.nanoTime()));
        Lease next = rival.lock("job").acquire(scene.patience());
        long granted = System.nanoTime();
        assertThat(lease.isHeld()).isFalse();
        assertThat(scene.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.EXPIRED);
        // The client gives the lock back by itself when it tells the loss, so the two may come at the same time.
        assertThat(Duration.ofNanos(scene.get(lost) - granted))
                .as("from the rival's grant to the signal")
                .isLessThan(Duration.ofMillis(200).plus(pulse.stoodStill()));
        assertThat(Duration.ofNanos(granted - before)).isBetween(leaseTime.minusMillis(100), leaseTime.plusSeconds(3));
        next.release();
    }

    @Test
    default void lease_released_isNotRenewedAnyMore(Scene scene) throws Exception {
        Client holder = scene.client();
        Client rival = scene.client();
        Lease lease = holder.take("job");
        scene.throughout(scene.leaseTime(), "held", lease::isHeld);
        lease.release();
        Lease next = rival.lock("job").acquire(scene.patience());
        scene.throughout(scene.leaseTime(), "the new owner keeps the lock", next::isHeld);
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.remaining()).isZero();
    }

    @Test
    default void leaseTime_ofALease_isNotShorterThanAsked(Scene scene) {
        Lease lease = scene.client().take("job");
        assertThat(lease.leaseTime()).isGreaterThanOrEqualTo(scene.leaseTime());
        assertThat(lease.remaining()).isPositive();
    }

    @Test
    @Needs({Capability.LEASES, Capability.SILENCE, Capability.EXPIRY})
    default void lease_outageShorterThanTheLease_survives(Scene scene) {
        Client holder =
                scene.client(scene.options().withLeaseTime(scene.leaseTime().multipliedBy(3)));
        Lease lease = holder.take("job");
        holder.link().silence();
        scene.throughout(scene.leaseTime(), "held in silence", lease::isHeld);
        holder.link().heal();
        scene.throughout(scene.leaseTime().multipliedBy(4), "held afterwards", lease::isHeld);
        assertThat(lease.whenLost().toCompletableFuture()).isNotDone();
    }

    @Test
    @Needs({Capability.LEASES, Capability.STALL, Capability.EXPIRY})
    default void renewal_replyIsLate_countsFromTheRequest(Scene scene) throws Exception {
        Client holder = scene.client();
        Client rival = scene.client();
        Lease lease = holder.take("job");
        CompletableFuture<Long> lost = new CompletableFuture<>();
        lease.whenLost().thenAccept(why -> lost.complete(System.nanoTime()));
        Pulse pulse = scene.pulse();
        holder.link().stall();
        Scene.Running<Long> granted = scene.async(() -> {
            rival.lock("job").acquire(scene.patience());
            return System.nanoTime();
        });
        long grantedAt = granted.get();
        assertThat(lease.isHeld()).isFalse();
        Duration stoodStill = pulse.stoodStill();
        assertThat(scene.get(lost) - stoodStill.toNanos())
                .as("when the loss was told, less the %s for which this machine may have held it up", stoodStill)
                .isLessThan(grantedAt);
        holder.link().heal();
        scene.throughout(scene.leaseTime(), "late answers revive nothing", () -> !lease.isHeld());
    }

    @Test
    @Needs({Capability.LEASES, Capability.STALL, Capability.EXPIRY})
    default void acquire_replyIsLaterThanTheLease_givesNoValidLease(Scene scene) throws Exception {
        Client late = scene.client(scene.options()
                .withAutoRenewal(false)
                .withCallTimeout(scene.leaseTime().multipliedBy(4)));
        Client rival = scene.client();
        late.link().stall();
        CompletableFuture<Lease> attempt =
                late.lock("job").acquireAsync(scene.leaseTime().multipliedBy(8));
        scene.eventually("the request arrived", () -> !scene.store().residue().isEmpty());
        Lease owned = rival.lock("job").acquire(scene.patience());
        late.link().heal();
        scene.throughout(
                Duration.ofMillis(200),
                "at most one lease is valid",
                () -> !(owned.isHeld()
                        && attempt.isDone()
                        && !attempt.isCompletedExceptionally()
                        && attempt.join().isHeld()));
        owned.release();
    }

    @Test
    @Needs({Capability.LEASES, Capability.STALL, Capability.EXPIRY})
    default void acquire_replyIsLate_theLeaseEndsBeforeARivalOwnsTheLock(Scene scene) throws Exception {
        Client late = scene.client(scene.options()
                .withAutoRenewal(false)
                .withCallTimeout(scene.leaseTime().multipliedBy(4)));
        Client rival = scene.client();
        late.link().stall();
        CompletableFuture<Lease> attempt =
                late.lock("job").acquireAsync(scene.leaseTime().multipliedBy(8));
        scene.eventually("the request arrived", () -> !scene.store().residue().isEmpty());
        scene.throughout(scene.leaseTime().dividedBy(2), "the reply is on its way", () -> !attempt.isDone());
        late.link().heal();
        Lease lease = scene.get(attempt);
        // The client must not give the lock back itself: the store's expiry is what counts here.
        late.link().stall();
        Lease next = rival.lock("job").acquire(scene.patience());
        assertThat(lease.isHeld()).as("held while the rival owns the lock").isFalse();
        next.release();
    }
}
