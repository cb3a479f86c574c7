// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

/**
 * How long this client has kept a lock to itself, claim after claim, on a store that has no line and cannot tell whether others want it. They look for it now and then,
 * so after a long stay it is left free until they have looked. A stay begins when the lock passes on, or would if the store were not asked: a caller for whom nobody waits
 * here makes none, however often he comes back.
 *
 * <p>Under the queue's mutex.
 */
final class Stay {
    /** How long one client may keep a lock while another may be waiting for it. */
    static final long LONGEST = 100_000_000L;

    /** When the first of the claims was granted, or never while there is no stay. */
    private long since = Nanos.NEVER;

    private long pollNanos;

    /** Once the lock is free: until when others have their chance. */
    private long chanceUntil;

    /** A held claim is about to leave the store, while others wait here or not. */
    void leaves(StoreClaim held, boolean others, long now) {
        if (others || held.turn > 0 || since != Nanos.NEVER) {
            since = held.staysSince;
            pollNanos = held.terms.pollNanos;
            chanceUntil = Nanos.after(now, pollNanos);
        }
    }

    /** The store has confirmed that the lock is free. */
    void isFree(long now) {
        if (since != Nanos.NEVER) {
            chanceUntil = Nanos.later(chanceUntil, Nanos.after(now, pollNanos));
        }
    }

    /** When to ask for the lock again, or never if that may be now. */
    long pauseUntil(long now) {
        return since != Nanos.NEVER && now - since >= LONGEST && !Nanos.isPast(chanceUntil, now)
                ? chanceUntil
                : Nanos.NEVER;
    }

    /** The store is about to be asked for the next claim, which belongs to the stay unless others had their chance. */
    void asks(long now) {
        if (since != Nanos.NEVER && Nanos.isPast(chanceUntil, now)) {
            ends();
        }
    }

    /** The next claim is granted. */
    void goesOn(StoreClaim held) {
        if (since != Nanos.NEVER) {
            held.staysSince = since;
        }
    }

    /** Others have the lock. */
    void ends() {
        since = Nanos.NEVER;
    }
}
