// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.etcd.LeaseSession.Kept;
import dev.holdfast.etcd.link.CallFailure;
import dev.holdfast.etcd.link.Method;
import dev.holdfast.etcd.wire.KeyRecord;
import dev.holdfast.etcd.wire.Range;
import dev.holdfast.etcd.wire.RangeReply;
import dev.holdfast.etcd.wire.Txn;
import dev.holdfast.etcd.wire.TxnReply;
import dev.holdfast.spi.Claim;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a lock. One transaction puts the claim's own key and reads who is ahead; repeated, it finds the key that is there. An attempt that
 * does not wait puts its key only if there is none at all.
 */
final class AcquireCall {
    /** Its own key, and some that are older: if there are fewer, they are all watched. */
    private static final int HEAD = 5;

    /** For how long to look, when the one ahead is gone. */
    private static final long LOOKING = 1_000_000_000L;

    private final Client client;
    private final Claim claim;
    private final Seat seat;
    private final String prefix;
    private final long giveUpNanos;

    /** Whether nobody asked: the key ahead was deleted. */
    private final boolean unasked;

    private boolean startedAnew;

    private AcquireCall(Client client, Claim claim, long giveUpNanos, boolean unasked) {
        this.client = client;
        this.claim = claim;
        this.seat = Seat.of(claim);
        this.prefix = Names.prefix(claim.key());
        this.giveUpNanos = giveUpNanos;
        this.unasked = unasked;
    }

    static void send(Client client, Claim claim) {
        new AcquireCall(client, claim, claim.giveUpNanos(), false).begin();
    }

    /**
     * The one ahead is gone, or may be: finds out whether it is the claim's turn now.
     *
     * @param revision the one at which to look, which a member has told of
     */
    static void look(Client client, Claim claim, Place place, long revision) {
        AcquireCall call = new AcquireCall(client, claim, System.nanoTime() + LOOKING, true);
        if (!call.mayGoOn(place)) {
            return;
        }
        if (place.session().isFresh()) {
            call.lookBack(place, revision);
        } else {
            call.ask(place);
        }
    }

    /** Everybody who was ahead is gone, and nobody can ever come before a key that is there. */
    static void turn(Client client, Claim claim, Place place) {
        AcquireCall call = new AcquireCall(client, claim, System.nanoTime() + LOOKING, true);
        if (!call.mayGoOn(place)) {
            return;
        }
        if (place.session().isFresh()) {
            call.granted(place);
        } else {
            call.ask(place);
        }
    }

    /**
     * Goes on with a claim whose key was put, and the keys below its name read, together with the release of another one.
     *
     * @param kept whether the lease was kept alive at the same time
     * @param asked when the request was sent
     */
    static void judge(
            Client client,
            Claim claim,
            Place place,
            CompletableFuture<@Nullable Kept> kept,
            long asked,
            TxnReply reply) {
        AcquireCall call = new AcquireCall(client, claim, claim.giveUpNanos(), false);
        place.session().afterProof(kept, asked, reply.header(), () -> call.judge(place, reply));
    }

    /** Nothing is asked for a lease that is over, for that would keep it alive: the claim is woken, and moves to another one. */
    private boolean mayGoOn(Place place) {
        if (seat.isLeaving()) {
            return false;
        }
        boolean alive = place.session().isAlive();
        if (!alive) {
            client.events().wake(claim.key());
        }
        return alive;
    }

    private void begin() {
        Place place = seat.place();
        if (place != null && !place.session().isAlive()) {
            if (!seat.movesFrom(place)) {
                return;
            }
            place = null;
        }
        if (place != null) {
            ask(place);
            return;
        }
        var unused = client.session(claim.leaseNanos(), giveUpNanos).whenComplete((session, failure) -> {
            if (failure != null) {
                fail(failure, false);
            } else {
                ask(seat.sit(session.place(claim.key())));
            }
        });
    }

    private void ask(Place place) {
        CompletableFuture<@Nullable Kept> kept = place.session().keepFresh(giveUpNanos);
        if (place.created() != 0) {
            whereIsIt(place, kept);
        } else if (claim.waits()) {
            put(place, kept);
        } else {
            putIfFree(place, kept);
        }
    }

    // Three ways to ask

    private void put(Place place, CompletableFuture<@Nullable Kept> kept) {
        Txn txn = new Txn()
                .ifCreated(place.key(), 0)
                .put(place.key(), Value.of(claim), place.session().id())
                .range(newest())
                .otherwise()
                .range(Range.of(place.key()).keysOnly());
        change(place, kept, txn, reply -> judge(place, reply));
    }

    /** If the key was not put by this very request, the first of its answers that has it counts, and others may have come after it. */
    private void judge(Place place, TxnReply reply) {
        RangeReply keys = reply.ranges().get(0);
        if (reply.succeeded()) {
            place.createdAt(reply.header().revision());
            placed(place, keys.keys(), keys.keys().size() < HEAD, reply.header().revision());
        } else {
            found(place, keys);
        }
    }

    private void putIfFree(Place place, CompletableFuture<@Nullable Kept> kept) {
        Txn txn = new Txn()
                .ifNoneBelow(prefix)
                .put(place.key(), Value.of(claim), place.session().id())
                .otherwise()
                .range(Range.of(place.key()).keysOnly())
                .range(Range.below(prefix).oldestFirst().limit(HEAD).keysOnly());
        change(place, kept, txn, reply -> {
            if (reply.succeeded()) {
                place.createdAt(reply.header().revision());
                granted(place);
            } else if (!reply.ranges().get(0).keys().isEmpty()) {
                found(place, reply.ranges().get(0));
            } else {
                taken(place, reply.ranges().get(1));
            }
        });
    }

    private void whereIsIt(Place place, CompletableFuture<@Nullable Kept> kept) {
        read(
                place,
                kept,
                newest().createdUpTo(place.created()),
                reply -> placed(
                        place,
                        reply.keys(),
                        reply.keys().size() < HEAD,
                        reply.header().revision()));
    }

    /**
     * Whoever was ahead of a key, and is gone at a revision, is so for good, and what a member has at a revision is what all members have. So
     * one member answers by itself, without asking the others whether it is up to date. That says nothing of the lease, which must be fresh.
     */
    private void lookBack(Place place, long revision) {
        var unused = client.cluster()
                .call(
                        Method.RANGE,
                        newest().createdUpTo(place.created()).asOf(revision).request(),
                        giveUpNanos)
                .whenComplete((bytes, failure) -> {
                    if (failure == null) {
                        RangeReply reply = RangeReply.read(bytes);
                        placed(place, reply.keys(), reply.keys().size() < HEAD, revision);
                    } else {
                        // Another member answered, which has not got that far, or has forgotten it already.
                        ask(place);
                    }
                });
    }

    private Range newest() {
        return newest(prefix);
    }

    /** What tells a key that was just put who is ahead of it. */
    static Range newest(String prefix) {
        return Range.below(prefix).newestFirst().limit(HEAD).keysOnly();
    }

    // What came of it

    /** The key was put by an earlier request, whose answer was lost. */
    private void found(Place place, RangeReply own) {
        if (own.keys().isEmpty()) {
            startAnew(place);
        } else {
            place.createdAt(own.keys().get(0).created());
            ask(place);
        }
    }

    /** Nobody has a key but others, so this attempt has none; unless they are all about locks whose names go on. */
    private void taken(Place place, RangeReply oldest) {
        List<KeyRecord> rivals = Names.contenders(prefix, oldest.keys());
        if (!rivals.isEmpty()) {
            if (!seat.vacateUnused(place)) {
                // Another copy of the request may still be carried out, and nobody asks for this place any more.
                boolean unused = seat.movesFrom(place);
            }
            if (rivals.get(0).lease() == 0) {
                fail(Faults.foreignKey(claim.name(), rivals.get(0).key()), false);
            } else {
                answer(() -> claim.busy(0));
            }
            return;
        }
        put(place, CompletableFuture.completedFuture(null));
    }

    private void placed(Place place, List<KeyRecord> newestFirst, boolean complete, long revision) {
        if (newestFirst.isEmpty() || !newestFirst.get(0).key().equals(place.key())) {
            startAnew(place);
            return;
        }
        List<KeyRecord> ahead = Names.contenders(prefix, newestFirst.subList(1, newestFirst.size()));
        if (ahead.isEmpty() && !complete) {
            read(
                    place,
                    CompletableFuture.completedFuture(null),
                    Range.below(prefix)
                            .newestFirst()
                            .createdUpTo(place.created())
                            .keysOnly(),
                    reply -> placed(place, reply.keys(), true, reply.header().revision()));
        } else if (ahead.isEmpty()) {
            granted(place);
        } else if (place.isHeldNoMore() && !seat.isLeaving()) {
            LeaveCall.lose(client, claim, place, LeaseLoss.TAKEN_OVER);
        } else if (ahead.get(0).lease() == 0) {
            fail(Faults.foreignKey(claim.name(), ahead.get(0).key()), true);
        } else if (claim.waits() || place.isQueued() || seat.isLeaving()) {
            // Who left before this was known is withdrawn once more.
            queued(
                    place,
                    ahead.stream().map(KeyRecord::key).toList(),
                    complete && ahead.size() == newestFirst.size() - 1,
                    revision + 1);
        } else {
            leaveTheLine(place);
        }
    }

    private void granted(Place place) {
        if (!place.isHeldNow()) {
            LeaveCall.deleteStray(client, place);
            return;
        }
        place.watch(null);
        claim.granted(
                place.created(), place.session().provenSent(), place.session().leaseNanos());
    }

    private void queued(Place place, List<String> ahead, boolean all, long fromRevision) {
        if (seat.place() != place) {
            LeaveCall.deleteStray(client, place);
            return;
        }
        place.isQueuedNow();
        if (!seat.isLeaving()) {
            Vigil.keep(client, claim, place, ahead, all, fromRevision);
        }
        // The session of one who waits is renewed by asking again.
        answer(() -> claim.queued(place.session().leaseNanos() / 3));
    }

    /** An attempt that does not wait must not stand in line. Nor must it be granted a key whose deletion was sent, and may yet be carried out. */
    private void leaveTheLine(Place place) {
        if (!seat.movesFrom(place)) {
            return;
        }
        var unused = LeaveCall.delete(client, place, giveUpNanos).whenComplete((there, failure) -> {
            if (failure != null) {
                fail(failure, true);
            } else {
                claim.busy(0);
            }
        });
    }

    /** The key is gone, with its session or by somebody's hand: the claim goes to the end of the line. */
    private void startAnew(Place place) {
        if (!seat.movesFrom(place)) {
            return;
        }
        if (unasked || startedAnew) {
            fail(
                    Faults.transientFault(
                            claim.name(), "The place in line for the lock '" + claim.name() + "' was removed", null),
                    true);
        } else {
            startedAnew = true;
            begin();
        }
    }

    // The exchange

    private void change(Place place, CompletableFuture<@Nullable Kept> kept, Txn txn, Consumer<TxnReply> then) {
        if (!place.asked()) {
            startAnew(place);
            return;
        }
        long asked = System.nanoTime();
        var unused = client.change(txn, giveUpNanos, place::mayComeTwice).whenComplete((bytes, failure) -> {
            if (failure == null) {
                TxnReply reply = TxnReply.read(bytes);
                place.answered(LeaveCall.created(reply));
                place.session().afterProof(kept, asked, reply.header(), () -> then.accept(reply));
            } else if (failure instanceof CallFailure call && call.isMissingLease()) {
                place.answered();
                place.session().end();
                startAnew(place);
            } else if (LeaveCall.isUnsent(failure)) {
                place.answered();
                fail(failure, !seat.vacateUnused(place));
            } else {
                fail(failure, true);
            }
        });
    }

    private void read(Place place, CompletableFuture<@Nullable Kept> kept, Range range, Consumer<RangeReply> then) {
        long asked = System.nanoTime();
        var unused = client.cluster()
                .call(Method.RANGE, range.request(), giveUpNanos)
                .whenComplete((bytes, failure) -> {
                    if (failure == null) {
                        RangeReply reply = RangeReply.read(bytes);
                        place.session().afterProof(kept, asked, reply.header(), () -> then.accept(reply));
                    } else {
                        fail(failure, true);
                    }
                });
    }

    private void answer(Runnable answer) {
        if (!unasked) {
            answer.run();
        }
    }

    private void fail(Throwable failure, boolean mayHaveApplied) {
        if (unasked) {
            client.events().wake(claim.key());
            return;
        }
        BackendException cause = failure instanceof BackendException known
                ? known
                : client.faults().of(claim.name(), "ask for", failure);
        claim.failed(cause, mayHaveApplied);
    }
}
