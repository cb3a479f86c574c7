// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.LockOptions;
import dev.holdfast.Ordering;
import dev.holdfast.spi.Deployment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The terms on which a lock is asked for: the options in nanoseconds, fitted to the deployment. */
final class Terms {
    /** The lease to ask the store for: raised to its floor, and long enough for a minHold to survive a crash. */
    final long leaseNanos;

    final boolean autoRenewal;
    final long maxHoldNanos;
    final long minHoldNanos;
    final int localHandovers;
    final boolean arrival;
    final long pollNanos;
    final long callNanos;
    final String ownerLabel;

    /** Whether neither the beginning of a hold nor anything else of it limits its time, on a store whose locks do not expire. */
    final boolean endless;

    private Terms(LockOptions options, Deployment deployment, String defaultLabel) {
        long asked = Nanos.of(options.leaseTime());
        minHoldNanos = options.minHold() == null ? 0 : Nanos.of(options.minHold());
        leaseNanos = Math.max(asked, Math.max(minHoldNanos, Nanos.of(deployment.leaseFloor())));
        autoRenewal = options.autoRenewal();
        maxHoldNanos = options.maxHold() == null ? Long.MAX_VALUE : Nanos.of(options.maxHold());
        localHandovers = options.localHandovers();
        arrival = options.ordering() == Ordering.ARRIVAL;
        pollNanos = Nanos.of(options.pollInterval());
        callNanos = Nanos.of(options.callTimeout());
        endless = autoRenewal && maxHoldNanos == Nanos.NEVER && minHoldNanos == 0;
        ownerLabel = options.ownerLabel() == null ? defaultLabel : options.ownerLabel();
    }

    /**
     * Fits options to a deployment.
     *
     * @throws IllegalArgumentException if the store cannot keep a lease that long
     */
    static Terms of(LockOptions options, Deployment deployment, String backendId, String defaultLabel) {
        Terms terms = new Terms(options, deployment, defaultLabel);
        Duration ceiling = deployment.leaseCeiling();
        if (terms.leaseNanos > Nanos.of(ceiling)) {
            throw new IllegalArgumentException("leaseTime is " + longer(options.leaseTime(), options.minHold()) + "; "
                    + backendId + " keeps a lease for at most " + ceiling);
        }
        return terms;
    }

    private static Duration longer(Duration leaseTime, @Nullable Duration minHold) {
        return minHold != null && minHold.compareTo(leaseTime) > 0 ? minHold : leaseTime;
    }

    /** Whether a lease on these terms may pass to a waiter on the other terms. */
    boolean sameLease(Terms other) {
        return leaseNanos == other.leaseNanos && autoRenewal == other.autoRenewal;
    }
}
