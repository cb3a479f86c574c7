// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

/** Why a lease ended before it was released. */
public enum LeaseLoss {
    /** The lease time ran out: renewal was off, or the holder was stopped for too long to renew. */
    EXPIRED,
    /** The store says that the lock is no longer ours: removed, forcibly released, or granted to somebody else. */
    TAKEN_OVER,
    /** The session that the lock was bound to has ended at the store. */
    SESSION_CLOSED,
    /** The store could not be reached in time to renew the lease. */
    BACKEND_UNREACHABLE,
    /** The lock was held for {@link LockOptions#maxHold()}; the client gave it back. */
    MAX_HOLD_REACHED,
    /** The client was closed while the lease was held; the client gave the lock back. */
    CLIENT_CLOSED
}
