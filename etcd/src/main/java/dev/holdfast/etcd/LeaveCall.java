// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.etcd.LeaseSession.Kept;
import dev.holdfast.etcd.link.CallFailure;
import dev.holdfast.etcd.wire.Range;
import dev.holdfast.etcd.wire.Txn;
import dev.holdfast.etcd.wire.TxnReply;
import dev.holdfast.spi.Claim;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Deletes the key of a claim, and no other: it names the revision that created it, and no other attempt ever has the same key. */
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
        Txn txn = new Txn();
        if (place.created() != 0) {
            txn.ifCreated(place.key(), place.created());
        }
        txn.delete(place.key());
        return client.change(txn, giveUpNanos).handle((bytes, failure) -> {
            if (failure == null) {
                freed(claim, place, TxnReply.read(bytes));
            } else {
                claim.notFreed(client.faults().of(claim.name(), "release", failure));
            }
            return true;
        });
    }

    /** Nothing more is done for the claim from now on. */
    static @Nullable Place departs(Claim claim) {
        Seat seat = Seat.ofKnown(claim);
        if (seat == null) {
            return null;
        }
        seat.leaves();
        Place place = seat.place();
        if (place != null) {
            place.watch(null);
            place.session().forget(place);
        }
        return place;
    }

    private static void freed(Claim claim, Place place, TxnReply reply) {
        claim.freed(place.isHeld() && reply.deleted() > 0);
    }

    /** Deletes the key of one claim and puts that of the next one behind all others, in one transaction. */
    static void leave(Client client, Claim claim, Claim next) {
        CompletableFuture<LeaseSession> session = client.session(next.leaseNanos(), next.giveUpNanos());
        Place left = departs(claim);
        boolean together = left != null
                && left.created() != 0
                && next.waits()
                && session.isDone()
                && !session.isCompletedExceptionally();
        if (left == null || !together) {
            oneByOne(client, claim, next);
            return;
        }
        Place place = Seat.of(next).sit(client.place(session.join(), next.key()));
        CompletableFuture<@Nullable Kept> kept = AcquireCall.keep(place, next.giveUpNanos());
        Range newest = Range.below(Names.prefix(next.key()))
                .newestFirst()
                .limit(AcquireCall.HEAD)
                .keysOnly();
        Txn txn = new Txn()
                .ifCreated(left.key(), left.created())
                .delete(left.key())
                .put(place.key(), Value.of(next), place.session().id())
                .range(newest)
                .otherwise()
                .put(place.key(), Value.of(next), place.session().id())
                .range(newest);
        place.asked();
        long asked = System.nanoTime();
        var unused = client.change(txn, next.giveUpNanos()).whenComplete((bytes, failure) -> {
            if (failure == null) {
                place.answered();
                TxnReply reply = TxnReply.read(bytes);
                freed(claim, left, reply);
                AcquireCall.judge(client, next, place, kept, asked, reply);
            } else if (failure instanceof CallFailure call && call.isMissingLease()) {
                place.answered();
                place.session().end();
                oneByOne(client, claim, next);
            } else {
                claim.notFreed(client.faults().of(claim.name(), "release", failure));
                next.failed(client.faults().of(next.name(), "ask for", failure), true);
            }
        });
    }

    private static void oneByOne(Client client, Claim claim, Claim next) {
        var unused = leaving(client, claim, claim.giveUpNanos()).thenRun(() -> AcquireCall.send(client, next));
    }
}
