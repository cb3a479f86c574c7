// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long servers are waited for, in nanoseconds.
 *
 * @param first after this, those that have not answered are not waited for if most have
 * @param longest if so few have answered that nothing can be said, so long, but not so long that they eat the lease up
 */
record Waits(long first, long longest) {
    private static final long MILLI = 1_000_000L;
    static final long SHORTEST = 10 * MILLI;

    private static final long LONGEST_PAUSE = 100 * MILLI;
    private static final long LONGEST_FIRST = 500 * MILLI;
    private static final long LONGEST = 5_000 * MILLI;

    static Waits of(long leaseNanos) {
        long first = Math.max(SHORTEST, Math.min(LONGEST_FIRST, leaseNanos / 20));
        return new Waits(first, Math.max(first, Math.min(LONGEST, leaseNanos / 4)));
    }

    /** Before the next attempt, after so many that failed: at random, so that clients do not meet again. */
    static long pause(int failures) {
        long most = Math.min(LONGEST_PAUSE, SHORTEST << Math.min(failures, 4));
        return ThreadLocalRandom.current().nextLong(SHORTEST / 2, most);
    }
}
