// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

/**
 * Something that the {@link Keeper} calls at a time. Intrusive: the entry is the object itself, so that taking a lease allocates no timer
 * task. Its fields belong to the keeper.
 */
abstract class Due {
    /** When to fire; only meaningful while the index is not negative. */
    long dueNanos;

    /** Place in the keeper's heap, or -1. */
    int heapIndex = -1;

    /**
     * Called on the keeper's thread, without any lock. May come late, or after the entry was moved or cancelled: it looks at its own
     * state to find out what is due.
     */
    abstract void fire(long nowNanos);
}
