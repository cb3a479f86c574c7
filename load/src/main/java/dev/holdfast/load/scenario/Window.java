// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.scenario;

import dev.holdfast.spi.Durations;
import java.time.Duration;

/**
 * From when to when all workers measure.
 *
 * @param begin a value of {@link System#nanoTime()}, which the processes of one Linux machine share
 * @param time how long
 */
record Window(long begin, Duration time) {
    /** So that all threads of all workers are ready when it begins. */
    private static final Duration HEAD_START = Duration.ofMillis(100);

    static Window soon(Duration time) {
        return new Window(System.nanoTime() + HEAD_START.toNanos(), time);
    }

    long end() {
        return begin + time.toNanos();
    }

    Duration takes() {
        return HEAD_START.plus(time);
    }

    double perSecond(double number) {
        return number * 1e9 / time.toNanos();
    }

    NothingMeasured nothingMeasured(String what) {
        return new NothingMeasured("there was no " + what + " within " + Durations.format(time)
                + ", so there is nothing to compare: measure for longer");
    }
}
