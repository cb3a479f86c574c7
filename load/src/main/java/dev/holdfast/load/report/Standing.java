// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.report;

import dev.holdfast.load.report.Figures.Timed;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * What a contender reached.
 *
 * @param label the contender
 * @param rounds its figures, round by round
 * @param times what was timed in all rounds together
 */
public record Standing(String label, List<Map<Metric, Double>> rounds, Map<Timed, Histogram> times) {
    /**
     * Without times.
     *
     * @param label the contender
     * @param rounds its figures, round by round
     */
    public Standing(String label, List<Map<Metric, Double>> rounds) {
        this(label, rounds, new EnumMap<>(Timed.class));
    }

    /**
     * Adds a round.
     *
     * @param figures what came of it
     */
    public void add(Figures figures) {
        rounds.add(figures.values());
        figures.times()
                .forEach((timed, histogram) -> times.merge(timed, histogram.copy(), (sum, more) -> {
                    sum.add(more);
                    return sum;
                }));
    }

    /**
     * Which figures there are.
     *
     * @return those that all rounds have: a store may have ceased to tell something
     */
    public List<Metric> metrics() {
        return rounds.get(0).keySet().stream()
                .filter(metric -> rounds.stream().allMatch(round -> round.containsKey(metric)))
                .toList();
    }

    /**
     * The middle of all rounds.
     *
     * @param metric one that the rounds have
     * @return its median
     */
    public double median(Metric metric) {
        return median(IntStream.range(0, rounds.size())
                .mapToDouble(i -> figure(i, metric))
                .toArray());
    }

    /**
     * How this contender compares with another one. Each round is compared with the other's round of the same number, which ran next to it:
     * what else the machine did then slowed both.
     *
     * @param metric one that both have
     * @param baseline the other one; a round that only one of them has, because the run ended early, is left out
     * @return the median of the quotients
     */
    public double ratio(Metric metric, Standing baseline) {
        double[] quotients =
                new double[Math.min(rounds.size(), baseline.rounds().size())];
        for (int i = 0; i < quotients.length; i++) {
            quotients[i] = figure(i, metric) / baseline.figure(i, metric);
        }
        return median(quotients);
    }

    private double figure(int round, Metric metric) {
        return Objects.requireNonNull(rounds.get(round).get(metric), metric.key());
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
