// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.time.Duration;

/**
 * Hears what happens to the locks of a client: metrics and logs hang here. Every method does nothing by default.
 *
 * <p>Methods are called on the client's callback threads, never on a driver's thread and never on the one that renews
 * leases, so a slow listener delays no lock. Calls for one lease come in order; calls for different leases may come at the same
 * time. What a method throws is logged and otherwise ignored.
 */
public interface LockListener {
    /**
     * A lock was acquired.
     *
     * @param lease the new lease
     * @param waited how long its acquisition took
     */
    default void acquired(Lease lease, Duration waited) {}

    /**
     * A waiter gave up because somebody else held the lock for too long.
     *
     * @param lockName the lock that was waited for
     * @param waited how long the caller waited
     */
    default void timedOut(String lockName, Duration waited) {}

    /**
     * A lease could not be renewed this time. It is still valid; renewal is tried again until the lease's deadline.
     *
     * @param lease the lease
     * @param cause what the store or its driver said
     */
    default void renewalFailed(Lease lease, Throwable cause) {}

    /**
     * A lease ended without being released.
     *
     * @param lease the lease
     * @param loss why it ended
     */
    default void lost(Lease lease, LeaseLoss loss) {}

    /**
     * A lease was released by its holder.
     *
     * @param lease the lease
     * @param held how long it was held
     */
    default void released(Lease lease, Duration held) {}
}
