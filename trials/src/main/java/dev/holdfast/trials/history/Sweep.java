// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Things that happened in some order, of which one relation is known: i came before j if i's start is before j's end. Two that came each
 * before the other overlap.
 *
 * <p>For holds of a lock, start and end are those of the core. If i's core starts before j's core ends, j cannot have been over before i
 * began, so under exclusion i was the earlier one. An end before the start is fine: that is something without length whose time is only
 * known to lie between the two.
 */
final class Sweep<T> {
    /** A lock that does not exclude at all would fill the memory with its findings. */
    private static final int MOST_KEPT = 10_000;

    private final List<T> byStart;
    private final long[] starts;
    private final long[] ends;
    private final long[] tokens;

    Sweep(List<T> all, ToLongFunction<T> start, ToLongFunction<T> end, ToLongFunction<T> token) {
        byStart = new ArrayList<>(all);
        byStart.sort(Comparator.comparingLong(start));
        starts = byStart.stream().mapToLong(start).toArray();
        ends = byStart.stream().mapToLong(end).toArray();
        tokens = byStart.stream().mapToLong(token).toArray();
    }

    /** Each thing that began inside an earlier one, with the earlier one that ended last. */
    Findings<T> overlaps() {
        int[] last = leaders(ends);
        Collector found = new Collector();
        for (int j = 1; j < starts.length; j++) {
            int before = Math.min(j, startedBefore(ends[j]));
            if (before > 0 && ends[last[before - 1]] > starts[j]) {
                found.add(last[before - 1], j);
            }
        }
        return found.findings();
    }

    /** Each thing whose token is smaller than that of one that came before it and does not overlap it. */
    Findings<T> falls() {
        int[] largest = leaders(tokens);
        Collector found = new Collector();
        for (int j = 0; j < starts.length; j++) {
            int before = startedBefore(ends[j]);
            if (before > 0) {
                int i = largest[before - 1];
                if (tokens[i] > tokens[j] && ends[i] <= starts[j]) {
                    found.add(i, j);
                }
            }
        }
        return found.findings();
    }

    /** Each thing with the token of another. */
    Findings<T> repeats() {
        Integer[] byToken = new Integer[tokens.length];
        Arrays.setAll(byToken, i -> i);
        Arrays.sort(byToken, Comparator.comparingLong(i -> tokens[i]));
        Collector found = new Collector();
        for (int i = 1; i < byToken.length; i++) {
            if (tokens[byToken[i]] == tokens[byToken[i - 1]]) {
                found.add(byToken[i - 1], byToken[i]);
            }
        }
        return found.findings();
    }

    /** For each place the index up to there whose value is largest. */
    private static int[] leaders(long[] values) {
        int[] leaders = new int[values.length];
        for (int i = 1; i < values.length; i++) {
            leaders[i] = values[i] > values[leaders[i - 1]] ? i : leaders[i - 1];
        }
        return leaders;
    }

    /** How many have a start below the given stamp. */
    private int startedBefore(long stamp) {
        int low = 0;
        int high = starts.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (starts[middle] < stamp) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private final class Collector {
        private final List<Findings.Pair<T>> kept = new ArrayList<>();
        private long count;

        void add(int first, int second) {
            count++;
            if (kept.size() < MOST_KEPT) {
                kept.add(new Findings.Pair<>(byStart.get(first), byStart.get(second)));
            }
        }

        Findings<T> findings() {
            return new Findings<>(count, List.copyOf(kept));
        }
    }
}
