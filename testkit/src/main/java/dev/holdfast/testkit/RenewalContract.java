// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Claim;
import dev.holdfast.testkit.RecordingClaim.Answer;
import dev.holdfast.testkit.RecordingClaim.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@code renew}, and what ends a lease that is not renewed. */
interface RenewalContract {
    @Test
    @Needs(Capability.LEASES)
    default void lease_withoutRenewal_endsOnTime(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient rival = scene.raw();
        Answer held = holder.acquire(holder.claim("job"));
        Answer next = rival.acquireEventually(rival.claim("job"));
        Duration taken = Duration.ofNanos(next.atNanos() - held.sentNanos());
        assertThat(taken)
                .isBetween(
                        Duration.ofNanos(held.leaseNanos()),
                        Duration.ofNanos(held.leaseNanos()).plusSeconds(3));
    }

    @Test
    @Needs(Capability.LEASES)
    default void lease_renewed_outlivesThreeLeaseTimes(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RawClient rival = scene.raw();
        // Nothing renews it but this thread, which a busy machine may hold up.
        RecordingClaim claim = new RecordingClaim("job", scene.leaseTime().multipliedBy(3), false);
        assertThat(holder.acquire(claim).kind()).isEqualTo(Kind.GRANTED);
        RecordingClaim attempt = rival.claim("job");
        long end = System.nanoTime() + 3 * claim.leaseNanos();
        while (end - System.nanoTime() > 0) {
            assertThat(holder.renew(claim).kind()).isEqualTo(Kind.RENEWED);
            assertThat(rival.acquire(attempt).kind()).isEqualTo(Kind.BUSY);
            attempt.await(attempt.count(), Duration.ofNanos(claim.leaseNanos() / 4), Set.of(Kind.GRANTED));
        }
    }

    @Test
    @Needs(Capability.LEASES)
    default void renewed_countsFromBeforeTheRequest(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RecordingClaim claim = holder.take("job");
        long before = System.nanoTime();
        Answer answer = holder.renew(claim);
        assertThat(answer.kind()).isEqualTo(Kind.RENEWED);
        assertThat(answer.sentNanos()).isBetween(before, answer.atNanos());
    }

    @Test
    @Needs({Capability.LEASES, Capability.STALL})
    default void renewed_replyIsLate_countsFromTheRequest(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RecordingClaim claim = holder.take("job");
        int seen = claim.count();
        holder.link().stall();
        Pulse pulse = scene.pulse();
        long before = System.nanoTime();
        holder.send(claim, () -> holder.backend().renew(List.of(claim)));
        scene.throughout(
                Duration.ofMillis(150),
                "not renewed",
                () -> claim.answers(Kind.RENEWED).isEmpty());
        holder.link().heal();
        Answer answer = claim.await(seen, scene.patience(), Set.of(Kind.RENEWED, Kind.NOT_RENEWED));
        assertThat(answer).isNotNull();
        if (answer.kind() == Kind.RENEWED) {
            assertThat(answer.sentNanos() - before)
                    .isBetween(
                            0L, Duration.ofMillis(100).plus(pulse.stoodStill()).toNanos());
        }
    }

    @Test
    @Needs(Capability.LEASES)
    default void renew_released_isGone(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RecordingClaim claim = holder.take("job");
        holder.release(claim);
        assertThat(holder.renew(claim).kind()).isEqualTo(Kind.GONE);
    }

    @Test
    @Needs({Capability.LEASES, Capability.REMOVAL})
    default void renew_removed_isGone(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        RecordingClaim claim = holder.take("job");
        scene.store().remove("job");
        assertThat(holder.renew(claim).kind()).isEqualTo(Kind.GONE);
    }

    @Test
    @Needs(Capability.LEASES)
    default void renew_afterANewOwner_isGoneAndDoesNotProlongHisLease(Scene scene) throws Exception {
        RawClient first = scene.raw();
        RawClient second = scene.raw();
        RawClient third = scene.raw();
        RecordingClaim old = first.take("job");
        RecordingClaim owner = second.claim("job");
        Answer owned = second.acquireEventually(owner);
        RecordingClaim next = third.claim("job");
        while (third.acquire(next).kind() != Kind.GRANTED) {
            assertThat(first.renew(old).kind()).isEqualTo(Kind.GONE);
            assertThat(System.nanoTime() - owned.sentNanos())
                    .as("the new owner's lease ends although the old one renews")
                    .isLessThan(owned.leaseNanos() + Duration.ofSeconds(3).toNanos());
        }
    }

    @Test
    @Needs(Capability.LEASES)
    default void renew_many_eachAnswersForItself(Scene scene) throws Exception {
        RawClient holder = scene.raw();
        List<RecordingClaim> kept = new ArrayList<>();
        List<RecordingClaim> released = new ArrayList<>();
        List<Claim> all = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            RecordingClaim claim = new RecordingClaim("job-" + i, Duration.ofSeconds(30), false);
            assertThat(holder.acquire(claim).kind()).isEqualTo(Kind.GRANTED);
            (i % 3 == 0 ? released : kept).add(claim);
            all.add(claim);
        }
        for (RecordingClaim claim : released) {
            holder.release(claim);
        }
        all.forEach(claim -> ((RecordingClaim) claim).giveUpAfter(scene.patience()));
        scene.async(() -> {
                    holder.backend().renew(all);
                    return true;
                })
                .get();
        scene.eventuallyHolds(() -> {
            assertThat(kept)
                    .allSatisfy(claim -> assertThat(claim.answers(Kind.RENEWED)).isNotEmpty());
            assertThat(released)
                    .allSatisfy(claim -> assertThat(claim.answers(Kind.GONE)).isNotEmpty());
        });
    }
}
