// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.LeaseLoss;
import dev.holdfast.LockOptions;
import dev.holdfast.ReleaseResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a lock is kept, handed over here, and given back. */
class HoldTest {
    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    @Test
    void maxHold_endsTheLease_andFreesTheLock() {
        for (boolean sessions : List.of(false, true)) {
            Race race = Race.plain(store -> sessions ? store.sessions(Race.LEASE) : store)
                    .expiring();
            Client a = race.client("A", 0, Race.OPTIONS.withMaxHold(ms(1_500)));
            Attempted held = race.hold(a);
            race.pass(ms(1_499));
            assertThat(held.lease().isHeld()).isTrue();
            race.pass(ms(1));
            assertThat(held.losses).containsExactly(LeaseLoss.MAX_HOLD_REACHED);
            assertThat(race.store.residue()).isEmpty();
            held.release();
            race.quiet();
            assertThat(held.result).isEqualTo(ReleaseResult.ALREADY_LOST);
        }
    }

    @Test
    void minHold_keepsTheLock_thoughItIsReleased() {
        Race race = Race.plain();
        Client a = race.client("A", 0, Race.OPTIONS.withMinHold(ms(1_500)));
        Client b = race.client("B");
        Attempted held = race.hold(a);
        race.pass(ms(100));
        held.release();
        race.quiet();
        assertThat(held.result).isEqualTo(ReleaseResult.RELEASED);
        assertThat(held.losses).isEmpty();
        Attempted rival = race.acquire(b);
        race.pass(ms(1_399));
        assertThat(rival.future).isNotDone();
        race.pass(ms(1));
        assertThat(rival.isHeld()).isTrue();
    }

    @Test
    void minHold_isNotForTheSameClientEither() {
        Race race = Race.plain();
        Client a = race.client("A", 0, Race.OPTIONS.withMinHold(ms(1_500)));
        race.hold(a).release();
        Attempted tried = race.attempt(a, a.locks.lock(Race.LOCK).tryAcquireAsync());
        Attempted waiting = race.acquire(a);
        race.pass(ms(1_499));
        assertThat(tried.future).isCompletedWithValue(null);
        assertThat(waiting.future).isNotDone();
        race.pass(ms(1));
        assertThat(waiting.isHeld()).isTrue();
    }

    @Test
    void minHold_outlivesTheClientsClose() {
        Race race = Race.plain();
        Client a = race.client("A", 0, Race.OPTIONS.withMinHold(ms(1_500)));
        race.hold(a).release();
        a.closed = true;
        a.locks.close();
        race.quiet();
        assertThat(race.store.residue()).hasSize(1);
        race.pass(ms(3_001));
        assertThat(race.store.residue()).isEmpty();
    }

    @Test
    void autoRenewalOff_endsTheLeaseOnEveryStore() {
        for (boolean sessions : List.of(false, true)) {
            Race race = Race.plain(store -> sessions ? store.sessions(Race.LEASE) : store)
                    .expiring();
            Client a = race.client("A", 0, Race.OPTIONS.withAutoRenewal(false));
            Attempted held = race.hold(a);
            long sent = a.link.requests();
            race.pass(ms(2_969));
            assertThat(a.link.requests()).isEqualTo(sent);
            assertThat(held.lease().isHeld()).isTrue();
            race.pass(ms(31));
            assertThat(held.losses).containsExactly(LeaseLoss.EXPIRED);
            assertThat(race.store.residue()).isEmpty();
        }
    }

    @Test
    void handover_withLessThanTwoThirdsLeft_renewsFirst() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted first = race.hold(a);
        Attempted second = race.acquire(a);
        // The first renewal is lost and given up.
        race.passWithoutMessages(ms(1_400));
        race.store.pending().forEach(Message::lose);
        first.release();
        assertThat(second.future).isNotDone();
        race.quiet();
        assertThat(second.isHeld()).isTrue();
        assertThat(second.lease().remaining()).isGreaterThan(ms(2_900));
        assertThat(second.lease().storeRevision()).isEqualTo(first.lease().storeRevision());
    }

    @Test
    void handover_withMoreThanTwoThirdsLeft_asksNobody() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted first = race.hold(a);
        Attempted second = race.acquire(a);
        race.time.skip(ms(900));
        long sent = a.link.requests();
        first.release();
        a.platform.runTasks();
        assertThat(second.isHeld()).isTrue();
        assertThat(a.link.requests()).isEqualTo(sent);
        assertThat(second.lease().token()).isEqualTo(first.lease().token() + 1);
    }

    @Test
    void handover_withoutRenewal_andTooLittleLeft_goesThroughTheStore() {
        Race race = Race.plain();
        Client a = race.client("A", 0, Race.OPTIONS.withAutoRenewal(false));
        Attempted first = race.hold(a);
        Attempted second = race.acquire(a);
        race.pass(ms(1_200));
        first.release();
        race.quiet();
        assertThat(second.isHeld()).isTrue();
        assertThat(second.lease().remaining()).isEqualTo(ms(2_970));
        assertThat(second.lease().storeRevision()).isGreaterThan(first.lease().storeRevision());
    }

    @Test
    void handover_toOtherTerms_goesThroughTheStore() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted first = race.hold(a);
        Attempted second = race.attempt(
                a,
                a.locks.lock(Race.LOCK, Race.OPTIONS.withLeaseTime(ms(5_000))).acquireAsync());
        first.release();
        race.quiet();
        assertThat(second.isHeld()).isTrue();
        assertThat(second.lease().leaseTime()).isEqualTo(ms(5_000));
        assertThat(second.lease().storeRevision()).isGreaterThan(first.lease().storeRevision());
    }

    @Test
    void lastTurn_goesBackToTheStore() {
        Race race = Race.plain();
        Client a = race.client("A");
        List<Attempted> all = new ArrayList<>();
        for (int i = 0; i < 1_030; i++) {
            all.add(race.acquire(a));
        }
        assertThat(race.store.pending()).hasSize(1);
        for (Attempted each : all) {
            race.quiet();
            assertThat(each.isHeld()).isTrue();
            each.release();
        }
        race.quiet();
        long revision = all.get(0).lease().storeRevision();
        assertThat(all.get(1_023).lease().storeRevision()).isEqualTo(revision);
        assertThat(all.get(1_023).lease().token()).isEqualTo(revision * 1_024 + 1_023);
        assertThat(all.get(1_024).lease().storeRevision()).isGreaterThan(revision);
        assertThat(race.store.grantedRevisions()).hasSize(2);
        race.finish();
    }

    @Test
    void localHandovers_areLimitedWhileARivalWaits() {
        Race race = Race.plain();
        Client a = race.client("A", 0, Race.OPTIONS.withLocalHandovers(3));
        Client b = race.client("B");
        Attempted first = race.hold(a);
        List<Attempted> local = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            local.add(race.acquire(a));
        }
        Attempted rival = race.acquire(b);
        race.quiet();
        first.release();
        int before = 0;
        while (rival.lease() == null) {
            Attempted next = local.get(before++);
            race.quiet();
            if (rival.lease() == null) {
                assertThat(next.isHeld()).isTrue();
                next.release();
            }
        }
        assertThat(before - 1).isEqualTo(3);
    }

    @Test
    void localHandovers_endAfterAQuarterOfTheLeaseOr100ms_whileARivalWaits() {
        Race race = Race.plain();
        Client a = race.client("A");
        Client b = race.client("B");
        Attempted first = race.hold(a);
        Attempted second = race.acquire(a);
        Attempted rival = race.acquire(b);
        race.pass(ms(100));
        first.release();
        race.quiet();
        assertThat(rival.isHeld()).isTrue();
        assertThat(second.future).isNotDone();
        rival.release();
        race.quiet();
        assertThat(second.isHeld()).isTrue();
    }

    @Test
    void withoutLocalHandovers_everyGrantComesFromTheStore() {
        Race race = Race.plain();
        Client a = race.client("A", 0, Race.OPTIONS.withLocalHandovers(0));
        Attempted first = race.hold(a);
        Attempted second = race.acquire(a);
        first.release();
        race.quiet();
        assertThat(second.lease().storeRevision()).isGreaterThan(first.lease().storeRevision());
    }

    @Test
    void unconfirmedRelease_isRepeatedUntilItIsConfirmed() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted held = race.hold(a);
        a.link.silence();
        held.release();
        race.pass(ms(999));
        assertThat(held.results).isZero();
        race.pass(ms(2));
        assertThat(held.result).isEqualTo(ReleaseResult.UNCONFIRMED);
        assertThat(held.losses).isEmpty();
        a.link.heal();
        race.pass(ms(1_100));
        assertThat(race.store.residue()).isEmpty();
    }

    @Test
    void unconfirmedRelease_endsWithTheLease() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted held = race.hold(a);
        a.link.silence();
        held.release();
        race.pass(ms(3_100));
        long sent = a.link.requests();
        assertThat(sent).isGreaterThan(3);
        race.pass(Duration.ofMinutes(1));
        assertThat(a.link.requests()).isEqualTo(sent);
        assertThat(race.time.next()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void newClaim_waitsForThePendingRelease() {
        Race race = Race.plain();
        Client a = race.client("A");
        Attempted held = race.hold(a);
        held.release();
        Attempted again = race.acquire(a);
        assertThat(race.requests()).containsExactly("release A1");
        race.quiet();
        assertThat(again.isHeld()).isTrue();
        assertThat(again.lease().storeRevision()).isGreaterThan(held.lease().storeRevision());
    }

    @Test
    void released_leavesNoAlarm() {
        Race race = Race.plain();
        Client a = race.client("A", 0, LockOptions.defaults());
        race.hold(a).release();
        race.pass(Duration.ofSeconds(31));
        assertThat(race.time.next()).isEqualTo(Long.MAX_VALUE);
        race.finish();
    }
}
