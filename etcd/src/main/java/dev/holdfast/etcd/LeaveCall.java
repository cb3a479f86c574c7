// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.LeaseLoss;
import dev.holdfast.etcd.LeaseSession.Kept;
import dev.holdfast.etcd.link.CallFailure;
import dev.holdfast.etcd.wire.KeyRecord;
import dev.holdfast.etcd.wire.Range;
import dev.holdfast.etcd.wire.Txn;
import dev.holdfast.etcd.wire.TxnReply;
import dev.holdfast.spi.Claim;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the key of a claim, and no other: the deletion names the revision that created the key. If that is not known yet, it does not, and no other attempt
 * gets the key while it may be on its way.
 */
final class LeaveCall {
    private LeaveCall() {}

    static void leave(Client client, Claim claim) {
        var unused = leaving(client, claim, claim.giveUpNanos());
    }

    /** Deletes what the claim has; done when that has been answered, whatever the answer. */
    static CompletableFuture<?> leaving(Client client, Claim claim, long giveUpNanos) {
        Place place = departs(claim);
        if (place == null) {
            claim.freed(false);
            return CompletableFuture.completedFuture(null);
        }
        return (place.created() == 0 ? deleteUnseen(client, place, giveUpNanos) : delete(client, place, giveUpNanos))
                .handle((there, failure) -> {
                    if (failure == null) {
                        claim.freed(place.isHeld() && there);
                    } else {
                        claim.notFreed(client.faults().of(claim.name(), "release", failure));
                    }
                    return true;
                });
    }

    /** Deletes the key of a place as it was made; answered with whether it was there, as far as can be known. */
    static CompletableFuture<Boolean> delete(Client client, Place place, long giveUpNanos) {
        long created = place.created();
        Txn txn = new Txn().ifCreated(place.key(), created).delete(place.key());
        AtomicBoolean repeated = new AtomicBoolean();
        return client.change(txn, giveUpNanos, () -> repeats(place, repeated))
                .thenApply(bytes -> {
                    place.isGoneForGood(created);
                    return wasThere(TxnReply.read(bytes), repeated);
                })
                .whenComplete((there, failure) -> ends(place, failure));
    }

    /**
     * The deletion of a key was answered, or failed. Not before that the sweep may find the key: it would be faster, and the release would not find it.
     * A deletion that failed, and perhaps is never tried again, must not leave the key for as long as the client lives.
     */
    private static void ends(Place place, @Nullable Throwable failure) {
        place.session().forget(place);
        if (failure != null) {
            place.session().isSuspectNow();
        }
    }

    /** While the lease lives, a request that was not answered may be the one that deleted the key. */
    private static void repeats(Place left, AtomicBoolean repeated) {
        repeated.compareAndSet(false, left.session().isAlive());
    }

    private static boolean wasThere(TxnReply reply, AtomicBoolean repeated) {
        return reply.deleted() > 0 || repeated.get();
    }

    /** Deletes the key that an unanswered request makes, or will make, or has not made. */
    private static CompletableFuture<Boolean> deleteUnseen(Client client, Place place, long giveUpNanos) {
        if (place.abandon() || !place.asked()) {
            ends(place, null);
            return CompletableFuture.completedFuture(false);
        }
        Txn txn = new Txn().delete(place.key());
        return client.change(txn, giveUpNanos, place::mayComeTwice)
                .thenApply(bytes -> {
                    TxnReply reply = TxnReply.read(bytes);
                    boolean there = reply.deleted() > 0;
                    if (there) {
                        place.isGoneForGood(reply.header().revision());
                    }
                    place.answered();
                    boolean unused = place.abandon();
                    return there;
                })
                .whenComplete((there, failure) -> {
                    if (isUnsent(failure)) {
                        place.answered();
                        boolean unused = place.abandon();
                    }
                    ends(place, failure);
                });
    }

    /** Whether a request failed before it was sent, so that it cannot arrive late either. */
    static boolean isUnsent(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof CallFailure call && call.isUnsent();
    }

    /** Nothing more is done for the claim from now on, but to delete its key. */
    static @Nullable Place departs(Claim claim) {
        Seat seat = Seat.ofKnown(claim);
        if (seat == null) {
            return null;
        }
        seat.leaves();
        Place place = seat.place();
        if (place != null) {
            place.leave();
        }
        return place;
    }

    /** Deletes the key of one claim and puts that of the next one behind all others, in one transaction. */
    static void leave(Client client, Claim claim, Claim next) {
        CompletableFuture<LeaseSession> session = client.session(next.leaseNanos(), next.giveUpNanos());
        Seat seat = Seat.ofKnown(claim);
        Place left = seat == null ? null : seat.place();
        boolean together = left != null
                && left.created() != 0
                && next.waits()
                && Seat.ofKnown(next) == null
                && session.isDone()
                && !session.isCompletedExceptionally();
        if (left == null || !together) {
            oneByOne(client, claim, next);
            return;
        }
        long created = left.created();
        Place place = Seat.of(next).sit(session.join().place(next.key()));
        place.listenLike(client, next.key(), left);
        departs(claim);
        CompletableFuture<@Nullable Kept> kept = place.session().keepFresh(next.giveUpNanos());
        Txn txn = new Txn()
                .ifCreated(left.key(), created)
                .ifCreated(place.key(), 0)
                .delete(left.key())
                .put(place.key(), Value.of(next), place.session().id())
                .range(AcquireCall.newest(Names.prefix(next.key())))
                .otherwise()
                // What came twice must not change the key: a change is how an operator asks for the lock. Nor must what
                // comes late, when the next one has it already.
                .putIfAbsent(place.key(), Value.of(next), place.session().id())
                .range(Range.of(place.key()).keysOnly());
        place.asked();
        long asked = System.nanoTime();
        AtomicBoolean repeated = new AtomicBoolean();
        Runnable beforeRepeat = () -> {
            repeats(left, repeated);
            place.mayComeTwice();
        };
        var unused = client.change(txn, next.giveUpNanos(), beforeRepeat).whenComplete((bytes, failure) -> {
            if (failure == null) {
                TxnReply reply = TxnReply.read(bytes);
                place.answered(created(reply));
                left.isGoneForGood(created);
                ends(left, null);
                claim.freed(left.isHeld() && wasThere(reply, repeated));
                AcquireCall.judge(client, next, place, kept, asked, reply);
            } else if (failure instanceof CallFailure call && call.isMissingLease()) {
                place.answered();
                place.session().end();
                oneByOne(client, claim, next);
            } else {
                if (isUnsent(failure)) {
                    place.answered();
                }
                ends(left, failure);
                claim.notFreed(client.faults().of(claim.name(), "release", failure));
                next.failed(client.faults().of(next.name(), "ask for", failure), true);
            }
        });
    }

    /**
     * When the key of a place was created, by the answer to a request that puts it, and otherwise asks for it first.
     *
     * @return 0 if it is not there
     */
    static long created(TxnReply reply) {
        if (reply.succeeded()) {
            return reply.header().revision();
        }
        List<KeyRecord> own = reply.ranges().get(0).keys();
        return own.isEmpty() ? 0 : own.get(0).created();
    }

    /** The claim surely does not hold the lock any more: what there is of its key goes, so that the next one has it. */
    static void lose(Client client, Claim claim, Place place, LeaseLoss why) {
        departs(claim);
        deleteStray(client, place);
        claim.gone(why);
    }

    /** The claim has left the place, and hears that its key is there: if it was made once more, nobody else deletes it. */
    static void deleteStray(Client client, Place place) {
        var unused = delete(client, place, System.nanoTime() + place.session().leaseNanos());
    }

    private static void oneByOne(Client client, Claim claim, Claim next) {
        var unused = leaving(client, claim, claim.giveUpNanos()).thenRun(() -> AcquireCall.send(client, next));
    }
}
