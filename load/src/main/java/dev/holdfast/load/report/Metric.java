// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.report;

import java.util.Locale;

/** What a figure says, and in which unit. */
public enum Metric {
    /** Locks acquired per second, by all threads of all processes. */
    GRANTS("grants/s", Unit.COUNT),
    /** Of one thread, from one acquisition to the next. */
    NANOS_PER_CYCLE("ns/cycle", Unit.DECIMAL),
    /** Memory that a thread allocates from one acquisition to the next. */
    BYTES_PER_CYCLE("bytes/cycle", Unit.DECIMAL),
    /** From the call to its return with the lock. */
    ACQUIRE_P50("acquire p50", Unit.MICROS),
    /** From the call to its return with the lock. */
    ACQUIRE_P99("p99", Unit.MICROS),
    /** From the call to its return with the lock. */
    ACQUIRE_P999("p99.9", Unit.MICROS),
    /** From the call to its return with the lock. */
    ACQUIRE_MAX("max", Unit.MICROS),
    /** From the call that releases to its return. */
    RELEASE_P50("release p50", Unit.MICROS),
    /** Grants of the process that got fewest, divided by what each would get if all got the same. */
    LEAST_SHARE("least share", Unit.RATIO),
    /** Time of the processor, all processes together, divided by the grants; the critical sections are in it. */
    CPU_PER_GRANT("cpu/grant", Unit.MICROS),
    /** What the store had to serve, divided by the grants. */
    REQUESTS_PER_GRANT("requests/grant", Unit.RATIO),
    /** Critical sections that were overwritten by another one at the same time: 0 for every lock that works. */
    LOST_UPDATES("lost updates", Unit.COUNT),
    /** Locks wanted per second, by the schedule. */
    WANTED("wanted/s", Unit.DECIMAL),
    /** Locks taken per second of those on the schedule. */
    REACHED("reached/s", Unit.DECIMAL),
    /** Locks on the schedule that nobody had come to when it ended. */
    NOT_BEGUN("not begun", Unit.COUNT),
    /** From the time on the schedule to the lock. */
    LATENCY_P50("p50", Unit.MICROS),
    /** From the time on the schedule to the lock. */
    LATENCY_P99("p99", Unit.MICROS),
    /** From the time on the schedule to the lock. */
    LATENCY_P999("p99.9", Unit.MICROS),
    /** From the time on the schedule to the lock. */
    LATENCY_MAX("max", Unit.MICROS),
    /** From the call that releases in one process to the return of acquire in the other. */
    HANDOFF_P50("hand-off p50", Unit.MICROS),
    /** From the call that releases in one process to the return of acquire in the other. */
    HANDOFF_P90("p90", Unit.MICROS),
    /** From the call that releases in one process to the return of acquire in the other. */
    HANDOFF_P99("p99", Unit.MICROS),
    /** From the call that releases in one process to the return of acquire in the other. */
    HANDOFF_MAX("max", Unit.MICROS),
    /** How many hand-offs were measured. */
    HANDOFFS("hand-offs", Unit.COUNT),
    /** Time of the processor that a process uses per second. */
    CPU("cpu ms/s", Unit.MILLIS),
    /** Platform threads that a process has more than before. */
    THREADS("threads", Unit.COUNT),
    /** What the store had to serve per second. */
    REQUESTS("requests/s", Unit.RATIO),
    /** Locks taken per second, one after the other by one thread, none given back. */
    TAKEN("taken/s", Unit.COUNT),
    /** Locks given back per second, one after the other by one thread. */
    GIVEN_BACK("given back/s", Unit.COUNT),
    /** Waiters that had the lock per second, once it was free. */
    DRAINED("drained/s", Unit.COUNT),
    /** Locks that were lost while they were held: 0 unless something is wrong. */
    LOST_LOCKS("lost locks", Unit.COUNT);

    private final String heading;
    private final Unit unit;

    Metric(String heading, Unit unit) {
        this.heading = heading;
        this.unit = unit;
    }

    private enum Unit {
        COUNT("", "%,.0f"),
        RATIO("", "%.2f"),
        DECIMAL("", "%,.1f"),
        MICROS("_us", "%,.1f us"),
        MILLIS("_ms", "%,.2f");

        private final String suffix;
        private final String format;

        Unit(String suffix, String format) {
            this.suffix = suffix;
            this.format = format;
        }
    }

    /**
     * What stands above its column.
     *
     * @return with the unit, unless each figure has its own
     */
    public String heading() {
        return heading;
    }

    /**
     * Its key in the JSON.
     *
     * @return with the unit
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT) + unit.suffix;
    }

    /**
     * A figure for people.
     *
     * @param value in the metric's unit
     * @return three or four digits that matter, with the unit where it is a time
     */
    public String format(double value) {
        if (unit == Unit.MICROS && value >= 1000) {
            return String.format(Locale.ROOT, "%,.1f ms", value / 1000);
        }
        return String.format(Locale.ROOT, unit.format, value);
    }

    /**
     * Whether a figure above 0 means that the lock is broken.
     *
     * @return true for what a lock must never do
     */
    public boolean isDefect() {
        return this == LOST_UPDATES || this == LOST_LOCKS;
    }
}
