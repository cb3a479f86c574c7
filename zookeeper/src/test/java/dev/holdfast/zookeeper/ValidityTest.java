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

    private void connect() {
        validity.connected(TIMEOUT * 1_000_000, TICK * 1_000_000);
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
        assertThat(validity.isValid(at(0))).isFalse();
    }

    @Test
    void session_begun_isValidFromBeforeItWasAskedFor() {
        connect();
        assertThat(until()).isEqualTo(TIMEOUT - MARGIN);
    }

    @Test
    void oneAnswer_provesOnlyThatTheLeaderIsReached() {
        connect();
        beat(5_000);
        assertThat(until()).isEqualTo(TIMEOUT - MARGIN);
    }

    @Test
    void answer_aTickLater_provesWhatWasAnsweredBefore() {
        connect();
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
        connect();
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
        connect();
        beat(5_000, 5_400);
        beat(6_100);
        assertThat(until()).isEqualTo(TIMEOUT - MARGIN);
        beat(6_400);
        assertThat(until()).isEqualTo(5_000 + TIMEOUT - MARGIN);
    }

    @Test
    void answerOverAConnectionThatIsGone_provesNothing() {
        connect();
        beat(5_000);
        int old = validity.connection();
        connect();
        long before = until();
        assertThat(validity.answered(old, at(6_100), at(6_110))).isFalse();
        assertThat(until()).isEqualTo(before);
    }

    @Test
    void beatOverTheOldConnection_isNotProvedByAnAnswerOverTheNewOne() {
        connect();
        beat(5_000);
        connect();
        long before = until();
        beat(6_500);
        assertThat(until()).isEqualTo(before);
    }

    @Test
    void newConnection_countsFromTheLastAnswerOverTheOldOne() {
        connect();
        beat(5_000);
        connect();
        assertThat(until()).isEqualTo(5_000 + TIMEOUT - MARGIN);
    }
}
