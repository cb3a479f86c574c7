// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.etcd.wire.Watching.Deletion;
import dev.holdfast.spi.Claim;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waits for the deletion of keys before a claim's own. If only a few are {@link Ahead} it waits for them all, otherwise for the next one. If anything was
 * written between the look that found them and the moment from which deletions are heard of, there is another look.
 */
final class Vigil {
    private final Client client;
    private final Claim claim;
    private final Place place;
    private final Lookout lookout;
    private final Ahead ahead;
    private final AtomicBoolean over = new AtomicBoolean();

    private Vigil(Client client, Claim claim, Place place, Lookout lookout, Ahead ahead) {
        this.client = client;
        this.claim = claim;
        this.place = place;
        this.lookout = lookout;
        this.ahead = ahead;
    }

    /**
     * Waits for those who are ahead, unless that is being done already.
     *
     * @param found some of them, the next one first
     * @param all whether that is all of them
     * @param fromRevision the one that follows that at which they were there
     */
    static void keep(Client client, Claim claim, Place place, List<String> found, boolean all, long fromRevision) {
        Vigil last = place.vigil();
        if (last != null && last.goesOn(found, all, fromRevision)) {
            return;
        }
        boolean forAll = all && !place.isCrowded();
        Lookout lookout = forAll ? place.lookout(client, claim.key()) : Lookout.of(client, claim.key(), found.get(0));
        Ahead ahead = new Ahead(place.key(), forAll ? found : found.subList(0, 1), forAll, fromRevision);
        Vigil next = new Vigil(client, claim, place, lookout, ahead);
        place.watch(next);
        if (!forAll) {
            lookout.begin();
        }
        lookout.tell(next);
        Seat seat = Seat.of(claim);
        if (seat.isLeaving() || seat.place() != place) {
            place.leave();
        }
    }

    private boolean goesOn(List<String> found, boolean all, long lookedBefore) {
        return ahead.stands(found, all, lookedBefore) && !over.get() && !lookout.isOver();
    }

    /** Deletions are told, see {@link Ahead#hears}. */
    void hears(long since, List<Deletion> deletions) {
        Ahead.Step step = ahead.hears(since, deletions);
        if (step.over() ? !end() : over.get()) {
            return;
        }
        if (step.crowded()) {
            place.isCrowdedNow();
        }
        if (step.turn()) {
            AcquireCall.turn(client, claim, place);
        } else if (step.look() != 0) {
            AcquireCall.look(client, claim, place, step.look());
        }
    }

    /**
     * Nothing more is told.
     *
     * @param begun whether anything ever was: what never began is tried again at the next slow re-check, not in a circle
     */
    void ended(boolean begun) {
        if (end() && begun) {
            client.events().wake(claim.key());
        }
    }

    boolean isOver() {
        return over.get();
    }

    /** Waits no longer; answered with false if it did not any more. */
    boolean end() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        lookout.tellNoMore(this);
        if (!ahead.isAll()) {
            lookout.leave();
        }
        return true;
    }
}
