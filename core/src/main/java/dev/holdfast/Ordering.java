// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

/** In which order the waiters of one client get a lock. */
public enum Ordering {
    /**
     * The default: a running thread may take a lock that is free at that instant ahead of a waiter that is still waking up.
     * Nobody is overtaken more than 64 times or for longer than 10 ms.
     */
    THROUGHPUT,
    /** Strict order of arrival: no overtaking, and no local handover out of turn. */
    ARRIVAL
}
