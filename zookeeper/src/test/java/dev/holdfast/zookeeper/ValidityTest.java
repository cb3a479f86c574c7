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
        validity.connected(at(since), TIMEOUT * 1_000_000, TICK * 1_000_000);
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

    @Test
    void session_beforeItsTimeoutIsKnown_isNotValid() {
        assertThat(validity.isLasting(at(0))).isFalse();
    }

    @Test
    void session_begun_isValidFromBeforeItWasAskedFor() {
        connect(0);
        assertThat(until()).isEqualTo(TIMEOUT - MARGIN);
    }

    @Test
    void oneAnswer_provesOnlyThatTheLeaderIsReached() {
        connect(0);
        beat(5_000);
        assertThat(until()).isEqualTo(TIMEOUT - MARGIN);
    }

    @Test
    void answer_aTickLater_provesWhatWasAnsweredBefore() {
        connect(0);
        beat(5_000);
        beat(5_500);
        assertThat(until()).isEqualTo(TIMEOUT - MARGIN);
        beat(6_100);
        assertThat(until()).isEqualTo(5_000 + TIMEOUT - MARGIN);
        beat(6_520);
        assertThat(until()).isEqualTo(5_500 + TIMEOUT - MARGIN);
    }

    @Test
    void beatsThatStoodStillOnTheirWay_andWereAnsweredTogether_proveNothing() {
        connect(0);
        beat(5_000, 6_101);
        beat(6_100, 6_102);
        assertThat(until()).isEqualTo(TIMEOUT - MARGIN);
        beat(7_100);
        assertThat(until()).isEqualTo(TIMEOUT - MARGIN);
        beat(7_102);
        assertThat(until()).isEqualTo(6_100 + TIMEOUT - MARGIN);
    }

    @Test
    void lateAnswer_countsFromTheSending_onceItIsProved() {
        connect(0);
        beat(5_000, 5_400);
        beat(6_100);
        assertThat(until()).isEqualTo(TIMEOUT - MARGIN);
        beat(6_400);
        assertThat(until()).isEqualTo(5_000 + TIMEOUT - MARGIN);
    }

    @Test
    void answerOverAConnectionThatIsGone_provesNothing() {
        connect(0);
        beat(5_000);
        int old = validity.connection();
        connect(5_500);
        long before = until();
        assertThat(validity.answered(old, at(6_100), at(6_110))).isFalse();
        assertThat(until()).isEqualTo(before);
    }

    @Test
    void beatOverTheOldConnection_isNotProvedByAnAnswerOverTheNewOne() {
        connect(0);
        beat(5_000);
        connect(5_500);
        long before = until();
        beat(6_510);
        assertThat(until()).isEqualTo(before);
    }

    @Test
    void newConnection_countsFromWhenItWasBegun() {
        connect(0);
        beat(5_000);
        connect(5_500);
        assertThat(until()).isEqualTo(5_500 + TIMEOUT - MARGIN);
    }

    @Test
    void session_lasts_whileAThirdOfItsTimeBeyondATickIsLeft() {
        connect(0);
        long least = (TIMEOUT - MARGIN - TICK) / 3;
        long end = TIMEOUT - MARGIN;
        assertThat(validity.isLasting(at(end - least - 1))).isTrue();
        assertThat(validity.isLasting(at(end - least))).isFalse();
        assertThat(validity.isLasting(at(end + 1))).isFalse();
    }
}
