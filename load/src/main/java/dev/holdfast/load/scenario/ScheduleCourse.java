// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.scenario;

import dev.holdfast.load.contender.Entrant;
import dev.holdfast.load.report.Figures;
import dev.holdfast.load.report.Figures.Timed;
import dev.holdfast.load.report.Metric;
import dev.holdfast.load.worker.Fleet;
import dev.holdfast.load.worker.Reply;
import dev.holdfast.load.worker.WorkerFailure;
import dev.holdfast.spi.Durations;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Locks are wanted at a rate, whether or not the store keeps up. */
public final class ScheduleCourse implements Course {
    /** So that a wait of a second keeps nothing else from being asked for in time. */
    private static final Duration COVERED = Duration.ofSeconds(1);

    private static final int FEWEST_THREADS = 16;
    private static final int MOST_THREADS = 1000;

    private final double perSecond;
    private final int names;
    private final Duration hold;

    /**
     * A load.
     *
     * @param perSecond how many locks are wanted per second, by all processes
     * @param names how many names they have; taken in turn
     * @param hold how long each is held
     */
    public ScheduleCourse(double perSecond, int names, Duration hold) {
        this.perSecond = perSecond;
        this.names = names;
        this.hold = hold;
    }

    @Override
    public String description() {
        return String.format(Locale.ROOT, "%,.4g locks per second, ", perSecond) + names
                + (names == 1 ? " name" : " names") + " in turn, held for " + Durations.format(hold);
    }

    @Override
    public Metric primary() {
        return Metric.LATENCY_P99;
    }

    @Override
    public int processes(Entrant entrant) {
        return entrant.excludesProcesses() ? 2 : 1;
    }

    @Override
    public int names() {
        return names;
    }

    @Override
    public Figures round(Fleet fleet, Duration time) throws WorkerFailure, InterruptedException {
        long seenBefore = fleet.sectionsSeen();
        Window window = Window.soon(time);
        long gap = Math.max(1, Math.round(1e9 / perSecond));
        int workers = fleet.size();
        double needed = perSecond / workers * hold.plus(COVERED).toNanos() / 1e9;
        List<Reply> replies = fleet.all(
                window.takes().plus(hold),
                Fleet.SCHEDULE,
                window.begin(),
                window.end(),
                gap,
                workers,
                (long) Math.min(MOST_THREADS, Math.max(FEWEST_THREADS, Math.ceil(needed))),
                names,
                hold.toNanos());
        Histogram latency = Reply.merge(replies, "latency");
        if (latency.getTotalCount() == 0) {
            throw window.nothingMeasured("lock on the schedule");
        }
        long sections = sum(replies, "sections");
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(Metric.WANTED, window.perSecond((double) latency.getTotalCount()));
        figures.put(Metric.REACHED, window.perSecond((double) sum(replies, "granted")));
        figures.put(Metric.NOT_BEGUN, (double) sum(replies, "notBegun"));
        figures.put(Metric.LATENCY_P50, latency.getValueAtPercentile(50) / 1e3);
        figures.put(Metric.LATENCY_P99, latency.getValueAtPercentile(99) / 1e3);
        figures.put(Metric.LATENCY_P999, latency.getValueAtPercentile(99.9) / 1e3);
        figures.put(Metric.LATENCY_MAX, latency.getMaxValue() / 1e3);
        figures.put(Metric.LOST_UPDATES, (double) (sections - (fleet.sectionsSeen() - seenBefore)));
        return new Figures(figures, Map.of(Timed.LATENCY, latency));
    }

    private static long sum(List<Reply> replies, String name) {
        return replies.stream().mapToLong(reply -> reply.number(name)).sum();
    }
}
