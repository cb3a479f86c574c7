// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Measured times, and waiting for a point in time. All times are nanoTime, which the processes of one Linux machine share. */
final class Times {
    private static final long LONGEST = TimeUnit.HOURS.toNanos(1);
    private static final long SHORT_NAP = TimeUnit.MICROSECONDS.toNanos(20);

    private Times() {}

    static Histogram histogram() {
        return new Histogram(LONGEST, 3);
    }

    /** For many threads at once; one of each would take more memory than a small JVM has. */
    static Histogram sharedHistogram() {
        return new ConcurrentHistogram(LONGEST, 3);
    }

    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.min(Math.max(nanos, 0), LONGEST));
    }

    static void sleepUntil(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    static void nap() {
        LockSupport.parkNanos(SHORT_NAP);
    }

    /** Work that takes a thread this long. */
    static void spinUntil(long time) {
        while (System.nanoTime() - time < 0) {
            Thread.onSpinWait();
        }
    }
}
