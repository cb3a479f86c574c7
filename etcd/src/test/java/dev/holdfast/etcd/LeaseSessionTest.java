// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.etcd.LeaseSession.Kept;
import dev.holdfast.etcd.wire.Header;
import dev.holdfast.etcd.wire.LeaseReply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What proves that a lease lives, and until when. */
final class LeaseSessionTest {
    private static final long SECOND = 1_000_000_000L;

    private static LeaseReply reply(long term, long seconds) {
        return new LeaseReply(new Header(1, term), 7, seconds, List.of());
    }

    private static LeaseSession session(long sentNanos) {
        return LeaseSession.granted(null, reply(1, 10), sentNanos);
    }

    @Test
    void bothAnsweredInOneTerm_countsFromTheEarlierRequest() {
        long now = System.nanoTime();
        LeaseSession session = session(now - 5 * SECOND);
        assertThat(session.prove(new Kept(now - SECOND, reply(3, 10)), now - 2 * SECOND, new Header(9, 3)))
                .isTrue();
        assertThat(session.provenSent()).isEqualTo(now - 2 * SECOND);
        assertThat(session.prove(new Kept(now - SECOND, reply(3, 10)), now, new Header(9, 3)))
                .isTrue();
        assertThat(session.provenSent()).isEqualTo(now - SECOND);
    }

    @Test
    void leaderChangedBetweenTheAnswers_provesNothing() {
        long now = System.nanoTime();
        LeaseSession session = session(now - 5 * SECOND);
        assertThat(session.prove(new Kept(now, reply(3, 10)), now, new Header(9, 4)))
                .isFalse();
        assertThat(session.prove(new Kept(now, reply(4, 10)), now, new Header(9, 3)))
                .isFalse();
        assertThat(session.provenSent()).isEqualTo(now - 5 * SECOND);
    }

    @Test
    void olderProof_thatComesLater_takesNothingAway() {
        long now = System.nanoTime();
        LeaseSession session = session(now - SECOND);
        assertThat(session.prove(new Kept(now - 3 * SECOND, reply(3, 10)), now, new Header(9, 3)))
                .isTrue();
        assertThat(session.provenSent()).isEqualTo(now - SECOND);
    }

    @Test
    void leaseThatTheServerDoesNotKnow_provesNothing() {
        long now = System.nanoTime();
        LeaseSession session = session(now - SECOND);
        assertThat(session.prove(new Kept(now, reply(3, 0)), now, new Header(9, 3)))
                .isFalse();
        assertThat(session.provenSent()).isEqualTo(now - SECOND);
    }

    @Test
    void leaseWhoseTimeIsOver_neverLivesAgain() {
        long now = System.nanoTime();
        LeaseSession session = session(now - 11 * SECOND);
        assertThat(session.isAlive()).isFalse();
        assertThat(session.prove(new Kept(now, reply(3, 10)), now, new Header(9, 3)))
                .isFalse();
        assertThat(session.isAlive()).isFalse();
    }
}
