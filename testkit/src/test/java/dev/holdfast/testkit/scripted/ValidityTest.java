// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.LeaseLoss;
import dev.holdfast.LeaseLostException;
import dev.holdfast.LockOptions;
import dev.holdfast.ReleaseResult;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** For how long a lease is valid, when it is renewed, and what is a reason to doubt it. */
class ValidityTest {
    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    @Test
    void deadline_countsFromTheSendingOfTheRequest() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted held = race.acquire(a);
        race.time.skip(ms(200));
        race.store.pending().get(0).deliver();
        race.time.skip(ms(300));
        race.quiet();
        assertThat(held.lease().remaining()).isEqualTo(ms(3_000 - 30 - 500));
    }

    @Test
    void margin_isOnePercentButNotBelow25ms() {
        for (long millis : List.of(100L, 1_000L, 2_500L, 10_000L, 3_600_000L)) {
            Race race = Race.plain();
            Client a =
                    race.client("A", 0, Race.OPTIONS.withLeaseTime(ms(millis)).withAutoRenewal(false));
            Attempted held = race.hold(a);
            long margin = Math.max(25, millis / 100);
            assertThat(held.lease().remaining()).isEqualTo(ms(millis - margin));
            race.time.skip(ms(millis - margin).minusNanos(1));
            assertThat(held.lease().isHeld()).isTrue();
            race.time.skip(Duration.ofNanos(1));
            assertThat(held.lease().isHeld()).isFalse();
        }
    }

    @Test
    void grantOlderThanTheLease_isGivenBack() {
        Race race = Race.plain();
        Client a = race.client("A", 0, Race.OPTIONS.withCallTimeout(Duration.ofMinutes(1)));
        Attempted asked = race.acquire(a);
        race.store.pending().get(0).deliver();
        race.time.skip(ms(2_980));
        race.store.pending().get(0).deliver();
        assertThat(asked.future).isNotDone();
        race.pass(ms(100));
        assertThat(asked.isHeld()).isTrue();
        race.finish();
    }

    @Test
    void renewal_isSentAtAThird_forAllLeasesInOneCall() {
        Race race = Race.plain();
        Client a = race.client("A");
        for (int i = 0; i < 5; i++) {
            race.attempt(a, a.locks.lock("lock-" + i).acquireAsync());
        }
        race.quiet();
        long sent = a.link.requests();
        race.passWithoutMessages(ms(1_000 - 3_000 / 24 - 1));
        assertThat(a.link.requests()).isEqualTo(sent);
        race.passWithoutMessages(ms(3_000 / 24 + 1));
        assertThat(race.requests()).singleElement().asString().matches("renew (A[1-5],){4}A[1-5]");
        race.quiet();
        assertThat(race.attempts).allMatch(held -> held.lease().remaining().compareTo(ms(2_840)) > 0);
    }

    @Test
    void renewal_keepsALeaseAcrossTheOverflowOfTheClock() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted held = race.hold(a);
        race.pass(Duration.ofSeconds(30));
        assertThat(held.lease().isHeld()).isTrue();
        assertThat(a.platform.nanoTime()).isNegative();
        assertThat(a.link.requests()).isBetween(30L, 37L);
        held.release();
        race.finish();
    }

    @Test
    void renewal_thatFails_isRepeatedUntilTheDeadline() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted held = race.hold(a);
        a.link.silence();
        race.passWithoutMessages(ms(2_969));
        assertThat(held.lease().isHeld()).isTrue();
        assertThat(a.link.requests()).isGreaterThan(3);
        race.passWithoutMessages(ms(1));
        race.quiet();
        assertThat(held.losses).containsExactly(LeaseLoss.BACKEND_UNREACHABLE);
        assertThat(a.heardRenewalFailures).isPositive();
        assertThat(held.lease().isHeld()).isFalse();
    }

    @Test
    void renewal_thatHealsInTime_keepsTheLease() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted held = race.hold(a);
        a.link.silence();
        race.pass(ms(2_300));
        a.link.heal();
        race.pass(Duration.ofSeconds(5));
        assertThat(held.lease().isHeld()).isTrue();
        assertThat(held.losses).isEmpty();
    }

    @Test
    void loss_isToldOnTime_whileTheStoreIsSilent() {
        Race race = Race.plain();
        Client a = race.client("A");
        Client b = race.client("B");
        Attempted held = race.hold(a);
        Attempted rival = race.acquire(b);
        race.quiet();
        a.link.silence();
        while (rival.lease() == null) {
            assertThat(race.millis()).isLessThan(10_000);
            race.pass(ms(1));
            assertThat(rival.lease() != null && held.losses.isEmpty()).isFalse();
        }
        assertThat(race.millis()).isBetween(2_990L, 3_010L);
    }

    @Test
    void stoppedHolder_isNotHeldAtItsFirstCall() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted held = race.hold(a);
        race.time.skip(Duration.ofSeconds(10));
        assertThat(held.lease().isHeld()).isFalse();
        assertThatThrownBy(() -> held.lease().ensureHeld()).isInstanceOf(LeaseLostException.class);
        held.release();
        race.quiet();
        assertThat(held.losses).containsExactly(LeaseLoss.EXPIRED);
        assertThat(held.result).isEqualTo(ReleaseResult.ALREADY_LOST);
    }

    private static void verifiesAfter(java.util.function.BiConsumer<Race, Client> trouble, long within) {
        Race race = Race.plain();
        Client a = race.client("A", 0, LockOptions.defaults().withLeaseTime(Duration.ofMinutes(1)));
        Attempted held = race.hold(a);
        race.pass(ms(5_500));
        long sent = a.link.requests();
        trouble.accept(race, a);
        race.passWithoutMessages(ms(within));
        assertThat(race.requests()).containsExactly("renew A1");
        assertThat(a.link.requests()).isEqualTo(sent + 1);
        race.pass(Duration.ofSeconds(5));
        assertThat(held.lease().isHeld()).isTrue();
        assertThat(a.link.requests()).isEqualTo(sent + 1);
    }

    @Test
    void wallClockThatJumps_verifies() {
        verifiesAfter((race, client) -> client.platform.moveWall(ms(2_000)), 1_000);
        verifiesAfter((race, client) -> client.platform.moveWall(ms(-2_000)), 1_000);
    }

    @Test
    void monotonicClockThatStoodStill_verifies() {
        verifiesAfter(
                (race, client) -> {
                    race.time.skip(Duration.ofSeconds(4));
                    client.platform.forget(Duration.ofSeconds(4));
                },
                1_000);
    }

    @Test
    void gapInTheTicks_verifies() {
        verifiesAfter((race, client) -> race.time.skip(ms(2_000)), 0);
    }

    @Test
    void clocksThatAgree_verifyNothing() {
        Race race = Race.plain();
        Client a = race.client("A", 5_000, LockOptions.defaults().withLeaseTime(Duration.ofMinutes(1)));
        race.hold(a);
        long sent = a.link.requests();
        race.pass(Duration.ofSeconds(15));
        assertThat(a.link.requests()).isEqualTo(sent);
    }

    @Test
    void removal_isToldByTheNextRenewal() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted held = race.hold(a);
        race.store.remove(Race.LOCK);
        race.operators().pass(ms(1_001));
        assertThat(held.losses).containsExactly(LeaseLoss.TAKEN_OVER);
    }

    @Test
    void lostData_isToldByTheNextRenewal_andTokensRise() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted held = race.hold(a);
        long token = held.lease().token();
        race.pass(ms(1));
        race.store.restart(false);
        race.operators().pass(ms(1_001));
        assertThat(held.losses).containsExactly(LeaseLoss.TAKEN_OVER);
        assertThat(race.hold(a).lease().token()).isGreaterThan(token);
    }

    @Test
    void restartWithData_costsNothing() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted held = race.hold(a);
        race.passWithoutMessages(ms(1_000));
        race.store.restart(true);
        race.pass(Duration.ofSeconds(5));
        assertThat(held.lease().isHeld()).isTrue();
    }

    @Test
    void forcedRelease_isToldByTheNextRenewal_andFreesAfterTheLease() {
        Race race = Race.plain().operators();
        Client a = race.client("A");
        Client b = race.client("B");
        Attempted held = race.hold(a);
        Attempted rival = race.acquire(b);
        race.quiet();
        race.store.change(records -> records.force(Race.LOCK, false));
        race.pass(ms(1_001));
        assertThat(held.losses).containsExactly(LeaseLoss.TAKEN_OVER);
        assertThat(rival.future).isNotDone();
        race.pass(ms(2_050));
        assertThat(rival.isHeld()).isTrue();
    }

    @Test
    void sessionThatEnds_isToldAtOnce() {
        Race race = Race.plain(store -> store.sessions(Race.LEASE)).operators();
        Client a = race.client("A");
        Attempted held = race.hold(a);
        race.pass(ms(500));
        a.link.endSession();
        race.pass(ms(501));
        assertThat(held.losses).containsExactly(LeaseLoss.SESSION_CLOSED);
        assertThat(race.hold(a).isHeld()).isTrue();
    }

    /** The backend knows that its session has ended, and is about to tell. */
    @Test
    void holderWhoLooksBeforeTheEndOfTheSessionIsTold_learnsTheSame() {
        Race race = Race.plain(store -> store.sessions(Race.LEASE));
        Client a = race.client("A");
        Attempted held = race.hold(a);
        race.quiet();
        Objects.requireNonNull(((LinkBackend) a.link.backend()).session()).end();
        assertThat(held.lease().isHeld()).isFalse();
        race.quiet();
        assertThat(held.losses).containsExactly(LeaseLoss.SESSION_CLOSED);
    }

    @Test
    void sessionThatFallsSilent_isLostBeforeItEnds() {
        Race race = Race.plain(store -> store.sessions(Race.LEASE));
        Client a = race.client("A");
        Attempted held = race.hold(a);
        a.link.silence();
        race.pass(ms(2_969));
        assertThat(held.lease().isHeld()).isTrue();
        race.pass(ms(1));
        assertThat(held.losses).containsExactly(LeaseLoss.BACKEND_UNREACHABLE);
    }
}
