// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** {@code minHold}, {@code maxHold}: also where locks are bound to sessions. */
interface HoldTimeCases {
    @Test
    default void minHold_releasedSooner_staysTakenThatLong(Scene scene) throws Exception {
        Duration minHold = scene.leaseTime().multipliedBy(2);
        Client holder = scene.client(scene.options().withMinHold(minHold));
        Client rival = scene.client();
        long before = System.nanoTime();
        Lease lease = holder.take("job");
        lease.release();
        assertThat(lease.isHeld()).isFalse();
        assertThat(rival.lock("job").tryAcquire()).isNull();
        assertThat(holder.lock("job").tryAcquire())
                .as("also for its own client")
                .isNull();
        rival.lock("job").acquire(scene.patience()).release();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(minHold, minHold.plusSeconds(3));
        assertThat(lease.whenLost().toCompletableFuture()).isNotDone();
    }

    @Test
    default void minHold_heldLonger_isFreeAtRelease(Scene scene) {
        Client holder = scene.client(scene.options().withMinHold(Duration.ofMillis(100)));
        Client rival = scene.client();
        Lease lease = holder.take("job");
        scene.throughout(Duration.ofMillis(200), "held", lease::isHeld);
        assertThat(lease.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(rival.isFree("job")).isTrue();
    }

    @Test
    default void maxHold_heldTooLong_isGivenBackAndTold(Scene scene) throws Exception {
        Duration leaseTime = scene.leaseTime().multipliedBy(2);
        Duration maxHold = leaseTime.plusMillis(200);
        Client holder = scene.client(scene.options().withLeaseTime(leaseTime).withMaxHold(maxHold));
        Client rival = scene.client();
        long before = System.nanoTime();
        Lease lease = holder.take("job");
        Lease next = rival.lock("job").acquire(scene.patience());
        Duration taken = Duration.ofNanos(System.nanoTime() - before);
        assertThat(lease.isHeld()).isFalse();
        assertThat(taken).isBetween(maxHold.minusMillis(50), maxHold.plusSeconds(2));
        assertThat(scene.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.MAX_HOLD_REACHED);
        assertThat(lease.release()).isEqualTo(ReleaseResult.ALREADY_LOST);
        assertThat(next.isHeld()).isTrue();
    }

    @Test
    default void maxHold_releasedInTime_tellsNothing(Scene scene) {
        Client holder = scene.client(scene.options().withMaxHold(Duration.ofMillis(200)));
        Lease lease = holder.take("job");
        assertThat(lease.release()).isEqualTo(ReleaseResult.RELEASED);
        Lease next = Scene.granted(holder.locks().lock("job", scene.options()).tryAcquire());
        scene.throughout(Duration.ofMillis(400), "the next lease is not touched", next::isHeld);
        assertThat(lease.whenLost().toCompletableFuture()).isNotDone();
    }
}
