// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.etcd.LeaseSession.Kept;
import dev.holdfast.etcd.link.Access;
import dev.holdfast.etcd.link.Cluster;
import dev.holdfast.etcd.wire.Header;
import dev.holdfast.etcd.wire.LeaseReply;
import dev.holdfast.testkit.PlainClaim;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
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
    void placeThatIsForgottenLate_doesNotTakeTheNextOneOfItsKeyAlong() {
        LeaseSession session = session(System.nanoTime());
        Place first = session.place("job");
        session.register(first);
        session.forget(first);
        first.isGoneForGood(9);
        Place second = session.place("job");
        session.register(second);
        assertThat(second.key()).isEqualTo(first.key());
        session.forget(first);
        assertThat(session.has(second)).isTrue();
    }

    @Test
    void numberOfAPlace_isFreeOnce_whenItsKeyIsGoneAndNothingIsUnderWay() {
        LeaseSession session = session(System.nanoTime());
        Place first = session.place("job");
        assertThat(first.asked()).isTrue();
        assertThat(first.abandon()).isFalse();
        first.isGoneForGood(9);
        assertThat(first.asked()).as("asked for a key that is gone").isFalse();
        Place second = session.place("job");
        assertThat(second.key()).isNotEqualTo(first.key());
        first.answered();
        Place third = session.place("job");
        assertThat(third.key()).isEqualTo(first.key());
        first.isGoneForGood(9);
        assertThat(first.abandon()).isFalse();
        assertThat(session.place("job").key()).isNotIn(second.key(), third.key());
    }

    @Test
    void numberOfAPlace_whoseRequestMayComeTwice_isNeverFree() {
        LeaseSession session = session(System.nanoTime());
        Place first = session.place("job");
        assertThat(first.asked()).isTrue();
        first.mayComeTwice();
        first.answered();
        first.isGoneForGood(9);
        assertThat(session.place("job").key()).isNotEqualTo(first.key());
        assertThat(first.mayAppear()).isTrue();
    }

    @Test
    void numberOfAPlace_whoseKeyCameBackAfterItsDeletion_isFreeOnceThatIsDeletedToo() {
        LeaseSession session = session(System.nanoTime());
        Place first = session.place("job");
        assertThat(first.asked()).isTrue();
        assertThat(first.asked()).isTrue();
        first.answered(5);
        first.isGoneForGood(6);
        first.answered(7);
        assertThat(first.created()).isEqualTo(7);
        assertThat(session.place("job").key()).as("while the key is there").isNotEqualTo(first.key());
        first.isGoneForGood(8);
        assertThat(session.place("job").key()).isEqualTo(first.key());
    }

    @Test
    void numberOfAPlace_whoseKeyCameBackBeforeItsDeletionIsAnswered_isFreeOnceThatIsDeletedToo() {
        LeaseSession session = session(System.nanoTime());
        Place first = session.place("job");
        assertThat(first.asked()).isTrue();
        assertThat(first.asked()).isTrue();
        first.answered(5);
        first.answered(7);
        first.isGoneForGood(5);
        assertThat(session.place("job").key()).as("while the key is there").isNotEqualTo(first.key());
        first.isGoneForGood(7);
        assertThat(session.place("job").key()).isEqualTo(first.key());
    }

    @Test
    void numberOfAPlace_whosePutWasCarriedOutBeforeTheDeletion_isFreeWhenThatIsAnswered() {
        LeaseSession session = session(System.nanoTime());
        Place first = session.place("job");
        assertThat(first.asked()).isTrue();
        first.isGoneForGood(6);
        first.answered(5);
        assertThat(session.place("job").key()).isEqualTo(first.key());
    }

    @Test
    void leaseWhoseTimeIsOver_isNotKeptAliveWhenAWaitersTurnComes() {
        NotedEvents events = new NotedEvents();
        try (CallGate gate = new CallGate();
                Cluster cluster = new Cluster(
                        List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)),
                        new Access(null, null, false, null, null, null),
                        UnaryOperator.identity(),
                        List.of(gate))) {
            Client client = new Client(cluster, events, new Faults(null, false));
            LeaseSession over = LeaseSession.granted(cluster, reply(1, 10), System.nanoTime() - 11 * SECOND);
            PlainClaim claim = new PlainClaim("job", Duration.ofSeconds(10), true);
            Place place = Seat.of(claim).sit(over.place("job"));
            place.createdAt(5);
            AcquireCall.turn(client, claim, place);
            AcquireCall.look(client, claim, place, 9);
            assertThat(over.keepFresh(System.nanoTime() + SECOND)).isCompletedWithValue(null);
            assertThat(gate.calls()).isZero();
            assertThat(events.woken()).containsExactly("job", "job");
        }
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
