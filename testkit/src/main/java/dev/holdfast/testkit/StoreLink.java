// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import dev.holdfast.spi.LockBackend;

/**
 * One client's way to the store, and the faults that can happen on it. For a store on a server this is a proxy between the two. A
 * fault touches no other link.
 */
public interface StoreLink {
    /**
     * The client's backend.
     *
     * @return always the same one, not opened by the link
     */
    LockBackend backend();

    /** From now on requests, replies and pushes vanish, until {@link #heal()}. Needs {@link Capability#SILENCE}. */
    default void silence() {
        throw new UnsupportedOperationException("SILENCE is claimed, but there is no hook for it");
    }

    /**
     * From now on requests are applied but their replies, and pushes, are held back; {@link #heal()} delivers them in order.
     * Needs {@link Capability#STALL}.
     */
    default void stall() {
        throw new UnsupportedOperationException("STALL is claimed, but there is no hook for it");
    }

    /** Ends {@link #silence()}, {@link #stall()} and {@link #dropPushes()}. */
    default void heal() {
        throw new UnsupportedOperationException("SILENCE or STALL is claimed, but there is no hook for it");
    }

    /** The next request about a lock is applied, and its reply vanishes. Needs {@link Capability#LOST_REPLY}. */
    default void loseNextReply() {
        throw new UnsupportedOperationException("LOST_REPLY is claimed, but there is no hook for it");
    }

    /**
     * The next request about a lock stays under way until {@link #deliverHeldRequest()}, while later ones pass it. Needs {@link
     * Capability#LATE_REQUEST}.
     */
    default void holdNextRequest() {
        throw new UnsupportedOperationException("LATE_REQUEST is claimed, but there is no hook for it");
    }

    /** Lets the request of {@link #holdNextRequest()} arrive; returns when it was applied. */
    default void deliverHeldRequest() {
        throw new UnsupportedOperationException("LATE_REQUEST is claimed, but there is no hook for it");
    }

    /** The next request about a lock arrives twice. Needs {@link Capability#DUPLICATE}. */
    default void duplicateNextRequest() {
        throw new UnsupportedOperationException("DUPLICATE is claimed, but there is no hook for it");
    }

    /** From now on what the store sends unasked vanishes, until {@link #heal()}. Needs {@link Capability#LOST_PUSH}. */
    default void dropPushes() {
        throw new UnsupportedOperationException("LOST_PUSH is claimed, but there is no hook for it");
    }

    /** Ends the client's session at the store. Needs {@link Capability#SESSION_END}. */
    default void endSession() {
        throw new UnsupportedOperationException("SESSION_END is claimed, but there is no hook for it");
    }

    /**
     * How many requests the client has sent so far. Needs {@link Capability#REQUEST_COUNT}.
     *
     * @return the number
     */
    default long requests() {
        throw new UnsupportedOperationException("REQUEST_COUNT is claimed, but there is no hook for it");
    }

    /**
     * A link on which nothing can go wrong.
     *
     * @param backend the client's backend, not opened
     * @return the link
     */
    static StoreLink faultless(LockBackend backend) {
        return () -> backend;
    }
}
