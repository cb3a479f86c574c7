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
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Threads in processes take and release locks as fast as they get them. */
final class LoadCourse implements Course {
    private final Setup setup;

    LoadCourse(Setup setup) {
        this.setup = setup;
    }

    @Override
    public String description() {
        return count(setup.processes(), "process", "es") + " x " + count(setup.threads(), "thread", "s") + " on "
                + count(setup.names(), "name", "s") + ", held for " + Durations.format(setup.hold());
    }

    private static String count(int number, String what, String plural) {
        return number + " " + what + (number == 1 ? "" : plural);
    }

    @Override
    public Metric primary() {
        return Metric.GRANTS;
    }

    @Override
    public int processes(Entrant entrant) {
        if (setup.processes() > 1) {
            entrant.requireProcesses();
        }
        // Threads of all processes take the names in turn, so two of one process share a name only if there are more of
        // them.
        if (setup.threads() > setup.names()) {
            entrant.requireThreads();
        }
        return setup.processes();
    }

    @Override
    public int names() {
        return setup.names();
    }

    @Override
    public Figures round(Fleet fleet, Duration time) throws WorkerFailure, InterruptedException {
        Consumption before = Consumption.of(fleet);
        long seenBefore = fleet.sectionsSeen();
        Window window = Window.soon(time);
        List<Reply> replies = fleet.all(
                window.takes(),
                Fleet.LOAD,
                window.begin(),
                window.end(),
                setup.threads(),
                setup.names(),
                setup.hold().toNanos());
        Consumption used = Consumption.of(fleet).since(before);
        long grants = sum(replies, "grants");
        long sections = sum(replies, "sections");
        long fewest = replies.stream()
                .mapToLong(reply -> reply.number("grants"))
                .min()
                .orElse(0);
        if (grants == 0) {
            throw window.nothingMeasured("grant");
        }
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(Metric.GRANTS, window.perSecond((double) grants));
        Histogram acquire = Reply.merge(replies, "acquire");
        Histogram release = Reply.merge(replies, "release");
        figures.put(Metric.ACQUIRE_P50, acquire.getValueAtPercentile(50) / 1e3);
        figures.put(Metric.ACQUIRE_P99, acquire.getValueAtPercentile(99) / 1e3);
        figures.put(Metric.ACQUIRE_P999, acquire.getValueAtPercentile(99.9) / 1e3);
        figures.put(Metric.ACQUIRE_MAX, acquire.getMaxValue() / 1e3);
        figures.put(Metric.RELEASE_P50, release.getValueAtPercentile(50) / 1e3);
        figures.put(Metric.CPU_PER_GRANT, used.cpuNanos() / 1e3 / sections);
        if (setup.processes() > 1) {
            figures.put(Metric.LEAST_SHARE, (double) fewest * replies.size() / grants);
        }
        used.requests().ifPresent(requests -> figures.put(Metric.REQUESTS_PER_GRANT, (double) requests / sections));
        figures.put(Metric.LOST_UPDATES, (double) (sections - (fleet.sectionsSeen() - seenBefore)));
        return new Figures(figures, Map.of(Timed.ACQUIRE, acquire, Timed.RELEASE, release));
    }

    private static long sum(List<Reply> replies, String name) {
        return replies.stream().mapToLong(reply -> reply.number(name)).sum();
    }
}
