// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.bench;

import dev.holdfast.cli.console.ReportFile;
import dev.holdfast.cli.options.Store;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code bench} was told to do.
 *
 * @param stores to be compared, the baseline first
 * @param scenarios what is measured, unless there is a load
 * @param load what is asked for at a rate, or null
 * @param duration how long each store is measured in each scenario
 * @param json where the figures go, or null
 * @param html where the page goes, or null
 * @param command the command line, without passwords
 */
record BenchPlan(
        List<Store> stores,
        List<BenchScenario> scenarios,
        @Nullable Load load,
        Duration duration,
        @Nullable ReportFile json,
        @Nullable ReportFile html,
        String command) {
    /** So that each store has its turn several times, whatever else the machine does meanwhile. */
    static final int MOST_ROUNDS = 3;

    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(2);

    /**
     * Locks that are wanted at a rate.
     *
     * @param rate how many per second; where a search for the limit begins
     * @param findLimit whether the rate is raised until it does not hold
     * @param p99 what a rate that holds must not exceed; null if nobody said
     * @param names how many names
     * @param hold how long each lock is held
     */
    record Load(double rate, boolean findLimit, @Nullable Duration p99, int names, Duration hold) {}

    /** How many rounds there are in a scenario with so many levels: fewer, if they would be shorter than a second. */
    int rounds(int levels) {
        return (int)
                Math.max(1, Math.min(MOST_ROUNDS, duration.dividedBy(levels).toSeconds()));
    }

    /** How long one of them takes. */
    Duration round(int levels) {
        return duration.dividedBy((long) rounds(levels) * levels);
    }

    Duration warmUp() {
        Duration fifth = duration.dividedBy(5);
        return fifth.compareTo(LONGEST_WARM_UP) < 0 ? fifth : LONGEST_WARM_UP;
    }

    /** How many steps there are to show on the way; -1 for a search, whose end nobody knows. */
    int steps() {
        if (load != null && load.findLimit()) {
            return -1;
        }
        int turns = load != null
                ? 2 + rounds(1)
                : scenarios.stream()
                        .mapToInt(scenario -> scenario.levels().size())
                        .map(levels -> levels * (2 + rounds(levels)))
                        .sum();
        return turns * stores.size();
    }
}
