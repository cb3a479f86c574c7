// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.spi.Claim;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What a claim has in etcd: at most one place at a time, a new one if its session ended before it was granted. */
final class Seat {
    private final AtomicReference<@Nullable Place> place = new AtomicReference<>();
    private volatile boolean leaving;

    /** The claim's seat, made when it first asks. */
    static Seat of(Claim claim) {
        Seat seat = ofKnown(claim);
        if (seat == null) {
            seat = new Seat();
            claim.attach(seat);
        }
        return seat;
    }

    /** The claim's seat, or null if it never asked. */
    static @Nullable Seat ofKnown(Claim claim) {
        return (Seat) claim.attachment();
    }

    @Nullable
    Place place() {
        return place.get();
    }

    /** Takes a place, unless somebody was faster. */
    Place sit(Place fresh) {
        fresh.session().register(fresh);
        while (!place.compareAndSet(null, fresh)) {
            Place taken = place.get();
            if (taken != null) {
                fresh.session().forget(fresh);
                fresh.abandon();
                return taken;
            }
        }
        return fresh;
    }

    /** The place is no longer there. */
    void vacate(Place gone) {
        if (place.compareAndSet(gone, null)) {
            gone.leave();
            gone.session().forget(gone);
        }
    }

    /**
     * Vacates a place for which nothing was sent, or whose key is not there.
     *
     * @return whether it was vacated; not if its key is there, or may appear
     */
    boolean vacateUnused(Place unused) {
        boolean free = unused.abandon();
        if (free) {
            vacate(unused);
        }
        return free;
    }

    /**
     * Vacates a place, to take another one.
     *
     * @return whether it was vacated; not if the claim has been granted meanwhile, for then its next renewal tells that the key is gone, nor if nobody wants
     *     it any more
     */
    boolean movesFrom(Place last) {
        if (leaving || !last.isGivenUpNow()) {
            return false;
        }
        vacate(last);
        return true;
    }

    /** Whether the claim is on its way out: nothing more is watched for it. */
    boolean isLeaving() {
        return leaving;
    }

    void leaves() {
        leaving = true;
    }
}
