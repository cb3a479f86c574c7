// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Planted defects, each with its harmless neighbour. Stamps are nanoseconds. */
final class VerdictTest {
    private static final long MICROSECOND = 1_000;
    private static final long SECOND = 1_000_000_000;

    private final MadeHistory history = new MadeHistory();

    private LockVerdict verdict() {
        return history.verdict().locks().get(0);
    }

    @Test
    void holds_thatTouch_doNotOverlap() {
        history.hold(0, 10, 1).released(SECOND);
        history.hold(5, SECOND, 2).released(2 * SECOND);
        assertThat(verdict().isGood()).isTrue();
        assertThat(verdict().raw().count()).isZero();
    }

    @Test
    void holds_overlapByAMicrosecond_areFoundWithBothOperations() {
        history.hold(0, 10, 1).released(SECOND);
        history.hold(5, SECOND - MICROSECOND, 2).released(2 * SECOND);
        assertThat(verdict().contract().count()).isOne();
        assertThat(verdict().isGood()).isFalse();
        assertThat(history.verdict().toString())
                .contains("BAD  'lock'")
                .contains("process 1 thread 1, called 0, returned 10")
                .contains("process 2 thread 1, called 5, returned 999999000")
                .contains("release called 1000000000");
    }

    @Test
    void hold_insideALongOne_isFoundBehindOthers() {
        history.hold(0, 10, 1).released(1_000);
        history.hold(0, 20, 2).released(30);
        history.hold(0, 40, 3).released(50);
        assertThat(verdict().contract().count()).isEqualTo(2);
        assertThat(verdict().contract().kept())
                .allMatch(pair -> pair.first().acquired().token() == 1);
    }

    @Test
    void leases_thatExpiredInTime_overlapOnlyRaw() {
        history.hold(0, 10, 1).validUntil(100).released(SECOND);
        history.hold(5, 100, 2).released(200);
        assertThat(verdict().contract().count()).isZero();
        assertThat(verdict().raw().count()).isOne();
        assertThat(verdict().isGood()).isTrue();
    }

    @Test
    void lease_validUntilAfterTheNextGrant_isAnOverlap() {
        history.hold(0, 10, 1).validUntil(101).released(SECOND);
        history.hold(5, 100, 2).released(200);
        assertThat(verdict().contract().count()).isOne();
    }

    @Test
    void lease_seenHeldLater_countsUntilThen() {
        history.hold(0, 10, 1).validUntil(50).held(101, 105, 60).released(SECOND);
        history.hold(5, 100, 2).released(200);
        assertThat(verdict().contract().count()).isOne();
    }

    @Test
    void lease_renewedLater_countsUntilItsLastDeadline() {
        history.hold(0, 10, 1).validUntil(50).held(40, 45, 101).released(SECOND);
        history.hold(5, 100, 2).released(200);
        assertThat(verdict().contract().count()).isOne();
    }

    @Test
    void lease_lostBeforeTheNextGrant_doesNotOverlap() {
        history.hold(0, 10, 1).lost(100).released(SECOND);
        history.hold(5, 100, 2).released(200);
        assertThat(verdict().contract().count()).isZero();
        assertThat(verdict().raw().count()).isOne();
    }

    @Test
    void lease_lossToldAfterTheNextGrant_isAnOverlap() {
        history.hold(0, 10, 1).lost(101).released(SECOND);
        history.hold(5, 100, 2).released(200);
        assertThat(verdict().contract().count()).isOne();
    }

    @Test
    void lease_grantedAndOverWhileAnotherHeldThroughout_isAnOverlap() {
        history.hold(0, 10, 1).released(500);
        history.hold(20, 400, 2).validUntil(100).released(600);
        assertThat(verdict().contract().count()).isOne();
    }

    @Test
    void lease_overBeforeItReturned_mayHaveBeenGrantedWhenTheLockWasFree() {
        history.hold(0, 10, 1).released(100);
        history.hold(20, 400, 2).validUntil(90).released(600);
        history.hold(0, 150, 3).released(500);
        assertThat(verdict().isGood()).isTrue();
        assertThat(verdict().raw().count()).isOne();
    }

    @Test
    void token_thatFalls_isFoundWithoutOverlap() {
        history.hold(0, 10, 7).released(20);
        history.hold(0, 30, 6).released(40);
        assertThat(verdict().tokenFalls().count()).isOne();
        assertThat(verdict().contract().count()).isZero();
        assertThat(verdict().isGood()).isFalse();
    }

    @Test
    void token_thatFallsMuchLater_isFound() {
        history.hold(0, 10, 7).released(20);
        history.hold(0, 30, 8).released(40);
        history.hold(0, 50, 9).released(60);
        history.hold(0, 70, 6).released(80);
        assertThat(verdict().tokenFalls().count()).isOne();
    }

    @Test
    void token_thatRepeats_isFound() {
        history.hold(0, 10, 7).released(20);
        history.hold(0, 30, 7).released(40);
        assertThat(verdict().tokenRepeats().count()).isOne();
        assertThat(verdict().isGood()).isFalse();
    }

    @Test
    void tokens_withGaps_areFine() {
        history.hold(0, 10, 7).released(20);
        history.hold(0, 30, 700).released(40);
        assertThat(verdict().isGood()).isTrue();
    }

    @Test
    void staleWrite_accepted_isFound() {
        history.hold(0, 10, 1).validUntil(20).used(101, 102, Outcome.OK).released(200);
        history.hold(0, 30, 2).used(90, 100, Outcome.OK).released(150);
        assertThat(verdict().staleUses().count()).isOne();
        assertThat(verdict().isGood()).isFalse();
    }

    @Test
    void staleWrite_thatMayHaveComeFirst_isNotFound() {
        history.hold(0, 10, 1).validUntil(20).used(100, 102, Outcome.OK).released(200);
        history.hold(0, 30, 2).used(90, 100, Outcome.OK).released(150);
        assertThat(verdict().isGood()).isTrue();
    }

    @Test
    void staleWrite_refused_isWhatFencingIsFor() {
        history.hold(0, 10, 1).validUntil(20).used(101, 102, Outcome.FAIL).released(200);
        history.hold(0, 30, 2).used(90, 100, Outcome.OK).released(150);
        assertThat(verdict().isGood()).isTrue();
        assertThat(verdict().refused()).isOne();
    }

    @Test
    void manyWrites_ofOneHold_areNoRepeat() {
        history.hold(0, 10, 1).used(11, 12, Outcome.OK).used(13, 14, Outcome.OK).released(20);
        assertThat(verdict().isGood()).isTrue();
        assertThat(verdict().accepted()).isEqualTo(2);
    }

    @Test
    void killedHolder_countsAsHolderUntilTheKill() {
        history.hold(0, 10, 1).killed(101);
        history.hold(5, 100, 2).released(200);
        assertThat(verdict().contract().count()).isOne();
        assertThat(verdict().raw().count()).isOne();
    }

    @Test
    void killedHolder_isTakenOverAfterTheKillOrTheNextCall() {
        history.hold(0, 10, 1).killed(100);
        history.hold(5, 130, 2).killed(200);
        history.hold(300, 310, 3).released(400);
        assertThat(verdict().isGood()).isTrue();
        assertThat(verdict().takeovers()).containsExactly(Duration.ofNanos(10), Duration.ofNanos(30));
    }

    @Test
    void killedAfterItsRelease_isNoHolder() {
        history.hold(0, 10, 1).released(90).killed(101);
        history.hold(5, 100, 2).released(200);
        assertThat(verdict().isGood()).isTrue();
        assertThat(verdict().takeovers()).isEmpty();
    }

    @Test
    void holderThatWentSilent_countsUntilItWasLastSeen() {
        history.hold(0, 10, 1).used(99, 110, Outcome.OK);
        history.hold(5, 100, 2).released(200);
        history.hold(5, 300, 3).used(401, 410, Outcome.OK);
        history.hold(5, 400, 4).released(500);
        assertThat(verdict().contract().count()).isOne();
        assertThat(verdict().contract().kept().get(0).first().acquired().token())
                .isEqualTo(3);
    }

    @Test
    void bypassedWaiter_isCounted() {
        history.hold(0, 100, 9).released(110);
        history.hold(10, 20, 1).released(30);
        history.hold(11, 40, 2).released(50);
        history.hold(12, 60, 3).released(70);
        assertThat(verdict().fairness().mostBypassed()).isEqualTo(3);
        assertThat(verdict().fairness().workers()).isEqualTo(4);
        assertThat(verdict().fairness().jain()).isEqualTo(1.0);
    }

    @Test
    void orderOfArrival_bypassesNobody() {
        history.hold(0, 10, 1).released(20);
        history.hold(1, 30, 2).released(40);
        history.hold(2, 50, 3).released(60);
        assertThat(verdict().fairness().mostBypassed()).isZero();
    }
}
