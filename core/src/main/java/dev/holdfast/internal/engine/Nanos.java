// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * Arithmetic on {@link System#nanoTime()}, whose values may be anything and wrap: only differences count, and {@link Long#MAX_VALUE}
 * stands for "never" in points in time and in lengths.
 */
final class Nanos {
    static final long NEVER = Long.MAX_VALUE;

    /** The longest wait that is told apart from never: half of the clock's range, so that differences keep their sign. */
    private static final long LONGEST = Long.MAX_VALUE / 2;

    private Nanos() {}

    /** A length; what is longer than 146 years is for ever. */
    static long of(Duration duration) {
        return duration.compareTo(Duration.ofNanos(LONGEST)) > 0 ? NEVER : duration.toNanos();
    }

    static Duration duration(long nanos) {
        return nanos == NEVER ? ChronoUnit.FOREVER.getDuration() : Duration.ofNanos(nanos);
    }

    /** The point in time some length after another. */
    static long after(long start, long length) {
        if (length == NEVER || start == NEVER) {
            return NEVER;
        }
        long end = start + length;
        return end == NEVER ? end - 1 : end;
    }

    static boolean isPast(long point, long now) {
        return point != NEVER && point - now <= 0;
    }

    /** How long until a point in time; not negative. */
    static long until(long point, long now) {
        return point == NEVER ? NEVER : Math.max(0, point - now);
    }

    static long earlier(long a, long b) {
        if (a == NEVER) {
            return b;
        }
        return b == NEVER || a - b <= 0 ? a : b;
    }

    static long later(long a, long b) {
        return a == NEVER || b == NEVER ? NEVER : a - b >= 0 ? a : b;
    }

    /**
     * What is subtracted from every lease: for clocks that differ in rate by up to one percent, and for the time between a check and its
     * use. The one place where it is defined.
     */
    static long margin(long leaseNanos) {
        return Math.max(leaseNanos / 100, 25_000_000L);
    }

    /** The deadline of a lease: counted from before its request was sent. */
    static long validUntil(long sentNanos, long leaseNanos) {
        return leaseNanos == NEVER ? NEVER : after(sentNanos, leaseNanos - margin(leaseNanos));
    }
}
