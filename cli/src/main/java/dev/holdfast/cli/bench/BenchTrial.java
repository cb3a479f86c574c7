// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.bench;

import dev.holdfast.cli.console.Text;
import dev.holdfast.load.report.Figures;
import dev.holdfast.load.report.Figures.Timed;
import dev.holdfast.load.report.Metric;
import dev.holdfast.load.report.Standing;
import dev.holdfast.spi.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What came of locks that were wanted at a rate.
 *
 * @param store which store
 * @param rate how many were to be wanted per second
 * @param reached how many were taken per second, before the time was over
 * @param notBegun how many of the schedule nobody had come to when the time was over
 * @param latency from the time on the schedule to the lock, in nanoseconds
 * @param target what the 99th percentile must not exceed, or null if nobody said
 */
record BenchTrial(
        String store,
        double rate,
        double reached,
        long notBegun,
        Histogram latency,
        @Nullable Duration target) {
    /** Less than all, because what is due at the very end is taken a little later. */
    private static final double ENOUGH = 0.95;

    /** More than none, because a hiccup of this machine at the very end is no limit of the store. */
    private static final double LEFT = 0.01;

    static BenchTrial of(Standing standing, double rate, @Nullable Duration target) {
        return new BenchTrial(
                standing.label(),
                rate,
                standing.rounds().stream()
                        .mapToDouble(round -> figure(round, Metric.REACHED))
                        .average()
                        .orElse(0),
                (long) standing.rounds().stream()
                        .mapToDouble(round -> figure(round, Metric.NOT_BEGUN))
                        .sum(),
                Objects.requireNonNull(standing.times().get(Timed.LATENCY)),
                target);
    }

    static BenchTrial of(String store, double rate, Figures figures, @Nullable Duration target) {
        Standing one = new Standing(store, new ArrayList<>());
        one.add(figures);
        return of(one, rate, target);
    }

    private static double figure(Map<Metric, Double> round, Metric metric) {
        return Objects.requireNonNull(round.get(metric));
    }

    boolean isReached() {
        return notBegun <= LEFT * latency.getTotalCount() && reached >= ENOUGH * rate;
    }

    boolean holds() {
        return isReached() && (target == null || percentile(99) <= target.toNanos());
    }

    long percentile(double percentile) {
        return latency.getValueAtPercentile(percentile);
    }

    String verdict() {
        String p99 = "p99 " + Text.time(percentile(99));
        if (!isReached()) {
            return "NOT REACHED: " + perSecond(reached) + " instead of " + perSecond(rate);
        }
        if (target == null) {
            return "carried, " + p99;
        }
        String bound = Durations.format(target);
        return holds() ? "carried, " + p99 + " is within " + bound : "TOO SLOW: " + p99 + " is over " + bound;
    }

    /** For people. */
    static String perSecond(double rate) {
        return String.format(Locale.ROOT, rate < 10 ? "%.1f/s" : "%,.0f/s", rate);
    }

    static List<String> header() {
        return List.of("", "wanted", "reached", "not begun", "p50", "p90", "p99", "p99.9", "max", "verdict");
    }

    List<String> row() {
        return List.of(
                store,
                perSecond(rate),
                perSecond(reached),
                Text.count(notBegun),
                Text.time(percentile(50)),
                Text.time(percentile(90)),
                Text.time(percentile(99)),
                Text.time(percentile(99.9)),
                Text.time(latency.getMaxValue()),
                verdict());
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("store", store);
        json.put("wanted", rate);
        json.put("reached", reached);
        json.put("not_begun", notBegun);
        json.put("p50_us", percentile(50) / 1e3);
        json.put("p90_us", percentile(90) / 1e3);
        json.put("p99_us", percentile(99) / 1e3);
        json.put("p999_us", percentile(99.9) / 1e3);
        json.put("max_us", latency.getMaxValue() / 1e3);
        json.put("target_p99_us", target == null ? null : target.toNanos() / 1e3);
        json.put("held", holds());
        return json;
    }
}
