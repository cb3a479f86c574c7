// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

/**
 * A backend whose store lets a thread wait in a system call. The thread of a caller who would be parked can do that itself, so that the
 * grant wakes him and not a thread of the backend's which then wakes him: between processes of one machine that is half of the time
 * of a hand-off.
 *
 * <p>A claim says whether it {@link Claim#awaits()} while it is asked for. If the answer is {@link Claim#queued()}, the engine calls either
 * {@link #await} on the same thread, or {@link #recall}, or it withdraws the claim; the backend starts no thread of its own until
 * then. Both methods may come for a claim that has been answered or withdrawn by now, or never awaited.
 */
public interface AwaitingBackend extends LockBackend {
    /**
     * Waits in the present thread until the claim has been answered or the thread is recalled or interrupted, which stays set. May return
     * early for any reason; the claim stays in line all the same, and is waited for in another way.
     *
     * @param claim a claim that was queued
     */
    void await(Claim claim);

    /**
     * Lets the thread return that is in {@link #await} for a claim, or tells that none will come. May block for a moment.
     *
     * @param claim a claim that was queued
     */
    void recall(Claim claim);
}
