// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import dev.holdfast.LeaseLoss;

/**
 * A session with a store, to which locks are bound: they are valid for as long as it is. The backend keeps it alive and moves its
 * end; the engine watches that end, so the loss is told on time while the backend hangs. Locks of a session are not renewed, and
 * asked after by {@link LockBackend#renew} only when the machine may have stood still: a backend whose records can be removed while the session lives watches them,
 * and tells {@link BackendEvents#gone} at once.
 */
public interface Session {
    /** The session of a store whose locks end with this process and not before. */
    Session UNENDING = () -> Long.MAX_VALUE;

    /**
     * Until when the session is certainly alive at the store: before the store could free its locks, margin subtracted. Does no
     * I/O.
     *
     * @return a value of {@link System#nanoTime()}, or {@link Long#MAX_VALUE} for ever
     */
    long validUntilNanos();

    /**
     * What holders are told whose locks are lost because the session is not valid any more. Does no I/O.
     *
     * @return {@link LeaseLoss#BACKEND_UNREACHABLE}, unless it is known that the session has ended or was given up
     */
    default LeaseLoss loss() {
        return LeaseLoss.BACKEND_UNREACHABLE;
    }

    /**
     * How long the store keeps the session without hearing from it.
     *
     * @return nanoseconds, or {@link Long#MAX_VALUE} if it ends with this process and not before
     */
    default long timeoutNanos() {
        return Long.MAX_VALUE;
    }
}
