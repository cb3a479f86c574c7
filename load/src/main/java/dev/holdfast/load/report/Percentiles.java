// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.report;

import dev.holdfast.load.report.Figures.Timed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** How times are spread. */
public final class Percentiles {
    private static final List<Double> SHOWN = List.of(
            1.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0, 98.0, 99.0, 99.5, 99.9, 99.95, 99.99,
            100.0);

    private Percentiles() {}

    /**
     * Points of the spread, each with at least one time beyond it, and the longest.
     *
     * @param times in nanoseconds
     * @return percentile and microseconds of each, from the shortest
     */
    public static List<double[]> points(Histogram times) {
        long count = times.getTotalCount();
        return SHOWN.stream()
                .filter(percentile -> percentile == 100 || (100 - percentile) / 100 * count >= 1)
                .map(percentile -> new double[] {percentile, times.getValueAtPercentile(percentile) / 1e3})
                .toList();
    }

    static Map<String, Object> json(Map<Timed, Histogram> times) {
        Map<String, Object> json = new LinkedHashMap<>();
        times.forEach((timed, histogram) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("count", histogram.getTotalCount());
            for (double[] point : points(histogram)) {
                String name = "p" + (point[0] == Math.rint(point[0]) ? "" + (long) point[0] : "" + point[0]);
                one.put(name + "_us", point[1]);
            }
            json.put(timed.name().toLowerCase(Locale.ROOT), one);
        });
        return json;
    }
}
