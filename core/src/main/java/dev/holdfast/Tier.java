// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

/**
 * How far a deployment of a store can be trusted. Ordered from weak to strong.
 *
 * <p>The third tier, fencing, is not a property of a store: whatever the tier, no stale write is accepted once the guarded
 * resource compares {@link Lease#token() tokens} and refuses smaller ones.
 */
public enum Tier {
    /**
     * Efficiency: there is usually one holder. A fail-over, an eviction or a restart may produce a second one, so the lock
     * may save double work but must not guard correctness without a token check.
     */
    E,
    /**
     * Lease contract: while a lease is valid on its holder's clock, no other lease on the name is valid, under the faults
     * that the deployment is documented to survive.
     */
    L
}
