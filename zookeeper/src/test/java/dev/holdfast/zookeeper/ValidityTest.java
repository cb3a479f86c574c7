// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What proves that a session lives, and what does not. Times are milliseconds after the client began to connect. */
final class ValidityTest {
    private static final long START =
            Long.MAX_VALUE - 5_000_000_000L; // The clock's values wrap in the middle of each test.
    private static final long TIMEOUT = 10_000;
    private static final long TICK = 1_000;
    private static final long MARGIN = 100;

    private final Validity validity = new Validity(at(0));

    private static long at(long millis) {
        return START + millis * 1_000_000;
    }

    private void connect(long since) {
        connect(since, since + 100);
    }

    private void connect(long since, long now) {
        validity.connected(at(since), at(now), TIMEOUT * 1_000_000, TICK * 1_000_000);
    }

    private long until() {
        return (validity.untilNanos() - START) / 1_000_000;
    }

    private void beat(long sent) {
        beat(sent, sent + 10);
    }

    private void beat(long sent, long answered) {
        validity.answered(validity.connection(), at(sent), at(answered));
    }

    /** From the heartbeats' times of sending. */
    private void beats(long... sent) {
        for (long one : sent) {
            beat(one);
        }
    }

    private void begin() {
        connect(0);
        beat(100);
    }

    private static long endAfter(long sent) {
        return sent + TIMEOUT - MARGIN;
    }

    @Test
    void session_beforeItsTimeoutIsKnown_isNotValid() {
        assertThat(validity.isLasting(at(0))).isFalse();
        assertThat(until()).isZero();
    }

    @Test
    void session_begun_isValidFromBeforeItWasAskedFor_whenAHeartbeatWasAnswered() {
        connect(0);
        assertThat(until()).as("at a leader that may have been replaced").isZero();
        beat(100);
        assertThat(until()).isEqualTo(endAfter(0));
    }

    @Test
    void heartbeatSentBeforeTheConnectionWasThere_provesNothingOfIt() {
        connect(0, 100);
        beat(99);
        assertThat(until()).isZero();
    }

    @Test
    void oneAnswer_provesOnlyThatTheLeaderIsTheTrueOne() {
        begin();
        beat(5_000);
        assertThat(until()).isEqualTo(endAfter(0));
    }

    @Test
    void secondAnswer_aTickLater_showsThatTheFirstIsPassedOn_andTheThirdThatItHasArrived() {
        begin();
        beats(5_000, 5_500, 6_100);
        assertThat(until()).isEqualTo(endAfter(100));
        beat(6_520);
        assertThat(until()).isEqualTo(endAfter(5_000));
        beat(7_000);
        assertThat(until()).isEqualTo(endAfter(5_500));
    }

    @Test
    void thirdThatWasSentBeforeTheSecondWasAnswered_mayHaveOvertakenWhatWasPassedOn() {
        begin();
        beat(5_000);
        beat(6_100, 6_200);
        beat(6_199, 6_201);
        assertThat(until()).isEqualTo(endAfter(100));
        beat(6_200);
        assertThat(until()).isEqualTo(endAfter(5_000));
    }

    @Test
    void beatsThatStoodStillOnTheirWay_andWereAnsweredTogether_proveNothing() {
        begin();
        beat(5_000, 6_101);
        beat(6_100, 6_102);
        beats(6_103, 7_100);
        assertThat(until()).isEqualTo(endAfter(100));
        beats(7_110, 7_121);
        assertThat(until()).isEqualTo(endAfter(6_100));
    }

    @Test
    void lateAnswer_countsFromTheSending_onceItIsProved() {
        begin();
        beat(5_000, 5_400);
        beats(6_100, 6_399, 6_410);
        assertThat(until()).isEqualTo(endAfter(100));
        beats(6_420, 6_430);
        assertThat(until()).isEqualTo(endAfter(5_000));
    }

    @Test
    void answerOverAConnectionThatIsGone_provesNothing() {
        begin();
        beat(5_000);
        int old = validity.connection();
        connect(5_500);
        long before = until();
        assertThat(validity.answered(old, at(6_100), at(6_110))).isFalse();
        assertThat(until()).isEqualTo(before);
    }

    @Test
    void beatOverTheOldConnection_isNotProvedByAnAnswerOverTheNewOne() {
        begin();
        beats(5_000, 6_100);
        connect(4_000, 6_200);
        beats(6_510, 7_600);
        assertThat(until()).isEqualTo(endAfter(4_000));
    }

    @Test
    void newConnection_countsFromWhenItWasBegun_whenAHeartbeatWasAnswered() {
        begin();
        beat(5_000);
        connect(5_500);
        assertThat(until()).isEqualTo(endAfter(0));
        beat(5_600);
        assertThat(until()).isEqualTo(endAfter(5_500));
    }

    @Test
    void session_lasts_whileAThirdOfItsTimeBeyondATickIsLeft() {
        begin();
        long least = (TIMEOUT - MARGIN - TICK) / 3;
        long end = endAfter(0);
        assertThat(validity.isLasting(at(end - least - 1))).isTrue();
        assertThat(validity.isLasting(at(end - least))).isFalse();
        assertThat(validity.isLasting(at(end + 1))).isFalse();
    }
}
