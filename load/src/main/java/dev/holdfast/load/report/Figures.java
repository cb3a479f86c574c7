// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.report;

import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What came of one round.
 *
 * @param values the figures, in the order of the table
 * @param times what was timed, in nanoseconds: all of it, where a figure is one point
 */
public record Figures(Map<Metric, Double> values, Map<Timed, Histogram> times) {
    /** What can be timed. */
    public enum Timed {
        /** From the call to its return with the lock. */
        ACQUIRE,
        /** From the call that releases to its return. */
        RELEASE,
        /** From the call that releases in one process to the return of acquire in the other. */
        HANDOFF,
        /** From the time on a schedule to the lock. */
        LATENCY
    }

    /**
     * Figures without times.
     *
     * @param values the figures, in the order of the table
     */
    public Figures(Map<Metric, Double> values) {
        this(values, Map.of());
    }
}
