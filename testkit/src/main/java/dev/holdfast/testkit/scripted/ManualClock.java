// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import java.util.concurrent.atomic.AtomicLong;

/** A clock with a start and a rate of its own. */
final class ManualClock {
    private static final long MILLION = 1_000_000L;

    private final ManualTime time;
    private final long rate;
    private final AtomicLong start;

    /**
     * A clock.
     *
     * @param time what it follows
     * @param start what it shows at the true time zero
     * @param ppm how much faster than the true time it runs, in parts of a million
     */
    ManualClock(ManualTime time, long start, long ppm) {
        this.time = time;
        this.start = new AtomicLong(start);
        rate = MILLION + ppm;
    }

    ManualTime time() {
        return time;
    }

    long nanos() {
        return start.get() + elapsed(time.nanos());
    }

    /** Moves what it shows, forwards or back. */
    void shift(long nanos) {
        start.addAndGet(nanos);
    }

    private long elapsed(long trueNanos) {
        return trueNanos / MILLION * rate + trueNanos % MILLION * rate / MILLION;
    }

    /** The first true time at which the clock shows this or more; now or later values only. */
    long trueTimeOf(long nanos) {
        long wanted = nanos - start.get();
        long guess = wanted / rate * MILLION + wanted % rate * MILLION / rate;
        while (elapsed(guess) < wanted) {
            guess++;
        }
        while (elapsed(guess - 1) >= wanted) {
            guess--;
        }
        return guess;
    }
}
