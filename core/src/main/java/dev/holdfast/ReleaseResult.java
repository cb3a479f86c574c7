// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

/** What is known about a lock after its lease was released. */
public enum ReleaseResult {
    /** The lease was valid until this release, and the lock is free or with its next holder. */
    RELEASED,
    /** The lease had ended before this release, or was released before; nothing was changed in the store. */
    ALREADY_LOST,
    /**
     * The store did not confirm the release in time. The lease is over for its holder; the client repeats the release in the
     * background until the store confirms it or the lease time has passed.
     */
    UNCONFIRMED
}
