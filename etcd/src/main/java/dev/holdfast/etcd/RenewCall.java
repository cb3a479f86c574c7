// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.etcd.LeaseSession.Kept;
import dev.holdfast.etcd.link.Method;
import dev.holdfast.etcd.wire.KeyRecord;
import dev.holdfast.etcd.wire.Range;
import dev.holdfast.etcd.wire.RangeReply;
import dev.holdfast.etcd.wire.Txn;
import dev.holdfast.etcd.wire.TxnReply;
import dev.holdfast.spi.Claim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Renews leases: one request keeps a session alive, and beside it one for up to a hundred claims asks whether their keys are still there as
 * they were made. Both together prove it, see {@link LeaseSession}.
 */
final class RenewCall {
    private static final int TOGETHER = 100;

    private final Client client;
    private final LeaseSession session;
    private final List<Claim> claims;
    private final long asked = System.nanoTime();

    private RenewCall(Client client, LeaseSession session, List<Claim> claims) {
        this.client = client;
        this.session = session;
        this.claims = claims;
    }

    static void send(Client client, List<Claim> claims) {
        Map<LeaseSession, List<Claim>> bySession = new LinkedHashMap<>();
        for (Claim claim : claims) {
            Place place = place(claim);
            if (place == null || !place.isHeld() || !place.session().has(place)) {
                gone(claim, LeaseLoss.EXPIRED);
                continue;
            }
            LeaseLoss over = place.session().over();
            if (over != null) {
                gone(claim, over);
            } else {
                bySession
                        .computeIfAbsent(place.session(), any -> new ArrayList<>())
                        .add(claim);
            }
        }
        bySession.forEach((session, held) -> {
            long giveUpNanos = held.get(0).giveUpNanos();
            CompletableFuture<Kept> kept = session.keepAlive(giveUpNanos);
            for (int from = 0; from < held.size(); from += TOGETHER) {
                List<Claim> some = held.subList(from, Math.min(held.size(), from + TOGETHER));
                new RenewCall(client, session, some).ask(kept, giveUpNanos);
            }
        });
    }

    private static @Nullable Place place(Claim claim) {
        Seat seat = Seat.ofKnown(claim);
        return seat == null ? null : seat.place();
    }

    private static Place held(Claim claim) {
        Place place = place(claim);
        if (place == null) {
            throw new IllegalStateException("a claim that is renewed has lost its place");
        }
        return place;
    }

    private void ask(CompletableFuture<Kept> kept, long giveUpNanos) {
        List<Place> places = claims.stream().map(RenewCall::held).toList();
        Txn txn = new Txn();
        places.forEach(place -> txn.ifModified(place.key(), place.created()));
        // A transaction without any question would be answered by a member from what it has.
        txn.range(Range.of(places.get(0).key()).keysOnly()).otherwise();
        places.forEach(place -> txn.range(Range.of(place.key()).keysOnly()));
        var unused = client.cluster()
                .call(Method.TXN, txn.request(), giveUpNanos)
                .whenComplete((bytes, failure) -> {
                    if (failure != null) {
                        BackendException cause = client.faults().of(null, "renew leases", failure);
                        claims.forEach(claim -> claim.notRenewed(cause));
                    } else {
                        judge(places, TxnReply.read(bytes), kept);
                    }
                });
    }

    private void judge(List<Place> places, TxnReply reply, CompletableFuture<Kept> kept) {
        var unused = kept.whenComplete((known, silence) -> judge(places, reply, known, silence));
    }

    private void judge(List<Place> places, TxnReply reply, @Nullable Kept kept, @Nullable Throwable silence) {
        boolean proven = kept != null && session.prove(kept, asked, reply.header());
        boolean ended = kept != null && kept.reply().seconds() <= 0 && LeaseSession.isSameTerm(kept, reply.header());
        if (ended) {
            session.end();
        }
        BackendException cause = silence != null
                ? client.faults().of(null, "renew leases", silence)
                : Faults.transientFault(
                        null,
                        "The leader of etcd has just changed, so it is not known whether leases were renewed",
                        null);
        for (int i = 0; i < claims.size(); i++) {
            Claim claim = claims.get(i);
            boolean stands = !places.get(i).isHeldNoMore()
                    && (reply.succeeded()
                            || stands(places.get(i), reply.ranges().get(i)));
            if (ended) {
                gone(claim, LeaseLoss.SESSION_CLOSED);
            } else if (!stands) {
                // An operator may have taken the lock away and left the key: the holder knows now, so the next one may
                // have it.
                LeaveCall.lose(client, claim, places.get(i), LeaseLoss.TAKEN_OVER);
            } else if (proven) {
                claim.renewed(session.provenSent());
            } else {
                claim.notRenewed(cause);
            }
        }
    }

    private static void gone(Claim claim, LeaseLoss why) {
        Place place = LeaveCall.departs(claim);
        if (place != null) {
            place.session().forget(place);
        }
        claim.gone(why);
    }

    private static boolean stands(Place place, RangeReply found) {
        List<KeyRecord> keys = found.keys();
        return !keys.isEmpty() && keys.get(0).modified() == place.created();
    }
}
