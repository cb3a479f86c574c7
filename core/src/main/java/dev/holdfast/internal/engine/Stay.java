// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

/**
 * How long this client has kept a lock to itself, claim after claim, on a store that has no line and cannot tell whether others want it. They look for it now and then,
 * so after a long stay it is left free for a fifth of that time. A stay begins with a claim that passes on, or leaves while somebody waits here: a caller for whom nobody
 * does makes none, however often he comes back.
 *
 * <p>Under the queue's mutex.
 */
final class Stay {
    /** How long one client may keep a lock while another may be waiting for it. */
    static final long LONGEST = 100_000_000L;

    /** How many times as long as the pause after it a stay may be. */
    private static final int PAUSES = 5;

    /** When the first of the claims was granted, or never while there is no stay. */
    private long since = Nanos.NEVER;

    private long longest;

    /** Once the lock is free: until when others have their chance. */
    private long chanceUntil;

    /** How long a client may keep a lock to itself: so long that a pause of a poll interval costs a small part of the time. */
    static long longest(Terms terms) {
        return Math.max(LONGEST, terms.pollNanos * PAUSES);
    }

    /** A held claim is about to leave the store, while others wait here or not. */
    void leaves(StoreClaim held, boolean others, long now) {
        if (others || held.turn > 0 || isOn()) {
            since = held.staysSince;
            longest = longest(held.terms);
            isFree(now);
        }
    }

    /** Whether the next claim may belong to it. */
    boolean isOn() {
        return since != Nanos.NEVER;
    }

    /** The lock is free since now, as the store confirms, or will be once it has. */
    void isFree(long now) {
        if (isOn()) {
            chanceUntil = Nanos.after(now, longest / PAUSES);
        }
    }

    /** When to ask for the lock again, or never if that may be now. */
    long pauseUntil(long now) {
        return isLong(now) && !Nanos.isPast(chanceUntil, now) ? chanceUntil : Nanos.NEVER;
    }

    /** The store is about to be asked for the next claim. It belongs to the stay unless others had their chance, or a caller who does not wait for it to end takes that away. */
    void asks(long now) {
        if (isLong(now) || (isOn() && Nanos.isPast(chanceUntil, now))) {
            ends();
        }
    }

    private boolean isLong(long now) {
        return isOn() && now - since >= longest;
    }

    /** The next claim is granted. */
    void goesOn(StoreClaim held) {
        if (isOn()) {
            held.staysSince = since;
        }
    }

    /** Others have the lock, or had their chance. */
    void ends() {
        since = Nanos.NEVER;
    }
}
