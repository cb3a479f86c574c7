// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

/**
 * A backend whose store lies in this process, so that a lock which nobody else wants can be taken and freed at once, in one transition of
 * the engine instead of a request and its answer. The engine asks for the rest, contended locks above all, as of every other backend.
 *
 * <p>Its locks are bound to {@link Session#UNENDING}. Both methods are called under a lock of the engine: they must not block, and must
 * not call an answer or an event.
 */
public interface InstantBackend extends LockBackend {
    /**
     * Takes the lock for a claim, if it is free.
     *
     * @param claim a new claim, unknown to the backend so far
     * @return the revision, larger than that of every earlier grant of this key; 0 if the lock is taken, or has to be asked for with
     *     {@link #acquire}
     */
    long grantAtOnce(Claim claim);

    /**
     * Frees the lock, if the claim holds it and no other claim waits for it.
     *
     * @param claim a claim that was granted
     * @return whether nothing is left of it; false if it has to be released with {@link #release}
     */
    boolean freeAtOnce(Claim claim);
}
