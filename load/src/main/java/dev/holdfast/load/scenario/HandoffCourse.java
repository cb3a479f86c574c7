// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.scenario;

import dev.holdfast.load.contender.Entrant;
import dev.holdfast.load.report.Figures;
import dev.holdfast.load.report.Figures.Timed;
import dev.holdfast.load.report.Metric;
import dev.holdfast.load.worker.Fleet;
import dev.holdfast.load.worker.Reply;
import dev.holdfast.load.worker.WorkerFailure;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Two processes pass one lock to and fro; each time the other one has been waiting for a while. */
final class HandoffCourse implements Course {
    /** Long enough for the other one to be asleep in its wait. */
    private static final Duration ASLEEP = Duration.ofMillis(1);

    /** Enough hand-offs in little time for the JVM to compile their code, which is measured then as a program that runs for long has it. */
    private static final Duration BRISK = Duration.ofNanos(100_000);

    @Override
    public String description() {
        return "2 processes x 1 thread on 1 name, each lets go when the other one waits";
    }

    @Override
    public Metric primary() {
        return Metric.HANDOFF_P50;
    }

    @Override
    public int processes(Entrant entrant) {
        entrant.requireProcesses();
        return 2;
    }

    @Override
    public int names() {
        return 1;
    }

    @Override
    public void warmUp(Fleet fleet, Duration time) throws WorkerFailure, InterruptedException {
        pass(fleet, time, BRISK);
    }

    @Override
    public Figures round(Fleet fleet, Duration time) throws WorkerFailure, InterruptedException {
        return figures(pass(fleet, time, ASLEEP));
    }

    private static Histogram pass(Fleet fleet, Duration time, Duration settled)
            throws WorkerFailure, InterruptedException {
        Window window = Window.soon(time);
        Histogram latency = Reply.merge(
                fleet.all(window.takes(), Fleet.HANDOFF, window.begin(), window.end(), settled.toNanos()), "latency");
        if (latency.getTotalCount() == 0) {
            throw window.nothingMeasured("hand-off");
        }
        return latency;
    }

    private static Figures figures(Histogram latency) {
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(Metric.HANDOFF_P50, latency.getValueAtPercentile(50) / 1e3);
        figures.put(Metric.HANDOFF_P90, latency.getValueAtPercentile(90) / 1e3);
        figures.put(Metric.HANDOFF_P99, latency.getValueAtPercentile(99) / 1e3);
        figures.put(Metric.HANDOFF_MAX, latency.getMaxValue() / 1e3);
        figures.put(Metric.HANDOFFS, (double) latency.getTotalCount());
        return new Figures(figures, Map.of(Timed.HANDOFF, latency));
    }
}
