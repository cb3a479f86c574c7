// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.bench;

import dev.holdfast.cli.bench.BenchResult.Measured;
import dev.holdfast.cli.page.Chart;
import dev.holdfast.cli.page.Chart.Axis;
import dev.holdfast.cli.page.Page;
import dev.holdfast.cli.page.Section;
import dev.holdfast.load.report.Figures.Timed;
import dev.holdfast.load.report.Metric;
import dev.holdfast.load.report.Percentiles;
import dev.holdfast.load.report.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The charts of the report. */
final class BenchCharts {
    private static final Set<String> CROWDS = Set.of("uncontended", "threads", "processes");
    private static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9, 100.0);
    private static final List<String> PERCENTILE_NAMES = List.of("p50", "p90", "p99", "p99.9", "max");

    private BenchCharts() {}

    static void scenarios(Page page, BenchResult result) {
        Section section = page.section("Charts");
        List<Measured> crowds = result.measured().stream()
                .filter(one -> CROWDS.contains(one.scenario().id()))
                .toList();
        if (!crowds.isEmpty()) {
            section.chart(figures(
                    "Throughput against contention",
                    "Locks taken per second, all together, as more and more want the same one. Higher is better.",
                    "grants/s",
                    result.stores(),
                    crowds,
                    Metric.GRANTS));
        }
        for (Measured one : result.measured()) {
            if (one.scenario().id().equals("uncontended")) {
                section.chart(percentiles(
                        "How long a free lock takes",
                        "From the call to its return with the lock, when nobody else wants it. Lower is better.",
                        one));
            }
        }
        handoff(section, result);
        List<Measured> hard = result.measured().stream()
                .filter(one -> one.scenario().id().equals("processes"))
                .toList();
        if (!hard.isEmpty()) {
            section.chart(percentiles(
                    "How long a wanted lock takes",
                    "The same, when several processes with four threads each want it: the hardest level that was measured.",
                    hard.get(hard.size() - 1)));
        }
        List<Measured> told = result.measured().stream()
                .filter(one -> one.comparison().standings().stream()
                        .anyMatch(standing -> standing.metrics().contains(Metric.REQUESTS_PER_GRANT)))
                .toList();
        if (!told.isEmpty()) {
            section.chart(figures(
                    "Requests to the store for each grant",
                    "What a store received, divided by the locks taken; only of stores that tell. Fewer leave more room to others.",
                    "requests/grant",
                    result.stores(),
                    told,
                    Metric.REQUESTS_PER_GRANT));
        }
    }

    private static Chart figures(
            String title, String note, String unit, List<String> stores, List<Measured> measured, Metric metric) {
        Chart chart = Chart.bars(
                title,
                note,
                measured.stream().map(one -> one.level().label()).toList(),
                metric == Metric.GRANTS ? Axis.logarithmic(unit) : Axis.linear(unit));
        for (String store : stores) {
            List<@Nullable Double> values = new ArrayList<>();
            measured.forEach(one -> values.add(BenchPage.value(one, store, metric)));
            chart.bar(store, values);
        }
        return chart;
    }

    private static Chart percentiles(String title, String note, Measured one) {
        Chart chart = Chart.bars(title, note, PERCENTILE_NAMES, Axis.logarithmic("us"));
        for (Standing standing : one.comparison().standings()) {
            chart.bar(standing.label(), micros(times(standing, Timed.ACQUIRE)));
        }
        return chart;
    }

    private static Histogram times(Standing standing, Timed timed) {
        return Objects.requireNonNull(standing.times().get(timed));
    }

    private static List<@Nullable Double> micros(Histogram times) {
        List<@Nullable Double> micros = new ArrayList<>();
        PERCENTILES.forEach(percentile -> micros.add(times.getValueAtPercentile(percentile) / 1e3));
        return micros;
    }

    private static void handoff(Section section, BenchResult result) {
        for (Measured one : result.measured()) {
            if (one.scenario().id().equals("handoff")) {
                Chart chart = Chart.lines(
                        "Hand-off between two processes",
                        "Share of hand-offs that were done within a time. Further to the left is better; a long tail is a line that"
                                + " lies down at the top.",
                        Axis.logarithmic("us"),
                        Axis.linear("% done"));
                for (Standing standing : one.comparison().standings()) {
                    chart.line(
                            standing.label(),
                            Percentiles.points(times(standing, Timed.HANDOFF)).stream()
                                    .map(point -> new double[] {point[1], point[0]})
                                    .toList());
                }
                section.chart(chart);
            }
        }
    }

    static void load(Page page, BenchResult result) {
        BenchPlan.Load load = Objects.requireNonNull(result.plan().load());
        if (result.trials().isEmpty()) {
            return;
        }
        Section section = page.section("The load")
                .text("Locks with " + BenchText.load(result.plan()) + ". "
                        + "Times are from the time on the schedule to the lock.");
        if (load.findLimit()) {
            Chart chart = Chart.lines(
                    "How long locks take as more are wanted",
                    "99 of 100 locks were had within the time on the left. Of a rate that was tried twice the better try.",
                    Axis.logarithmic("locks wanted per second"),
                    Axis.logarithmic("ms, p99"));
            for (String store : result.stores()) {
                chart.line(store, curve(result, store));
            }
            Duration target = load.p99();
            if (target != null) {
                double most = result.trials().stream()
                        .mapToDouble(BenchTrial::rate)
                        .max()
                        .orElse(1);
                double least = result.trials().stream()
                        .mapToDouble(BenchTrial::rate)
                        .min()
                        .orElse(1);
                double millis = target.toNanos() / 1e6;
                chart.line("target", List.of(new double[] {least, millis}, new double[] {most, millis}));
            }
            section.chart(chart);
        } else {
            Chart chart = Chart.bars(
                    "How long a lock takes at " + BenchTrial.perSecond(load.rate()),
                    "From the time on the schedule to the lock. Lower is better.",
                    PERCENTILE_NAMES,
                    Axis.logarithmic("us"));
            result.trials().forEach(trial -> chart.bar(trial.store(), micros(trial.latency())));
            section.chart(chart);
        }
        List<List<String>> rows = new ArrayList<>(List.of(BenchTrial.header()));
        result.trials().forEach(trial -> rows.add(trial.row()));
        section.table("", rows);
    }

    /** From the lowest rate to the highest. Of a rate that was tried twice the better one, which decided. */
    private static List<double[]> curve(BenchResult result, String store) {
        Map<Double, Double> points = new TreeMap<>();
        for (BenchTrial trial : result.trials()) {
            if (trial.store().equals(store)) {
                points.merge(trial.rate(), trial.percentile(99) / 1e6, Math::min);
            }
        }
        return points.entrySet().stream()
                .map(point -> new double[] {point.getKey(), point.getValue()})
                .toList();
    }
}
