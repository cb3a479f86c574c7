// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.report;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * What a contender reached.
 *
 * @param label the contender
 * @param rounds its figures, round by round; every round has the same ones
 */
public record Standing(String label, List<Map<Metric, Double>> rounds) {
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
     * @param baseline the other one, with as many rounds
     * @return the median of the quotients
     */
    public double ratio(Metric metric, Standing baseline) {
        double[] quotients = new double[rounds.size()];
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
