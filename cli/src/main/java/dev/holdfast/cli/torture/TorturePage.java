// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.torture;

import dev.holdfast.cli.console.Surroundings;
import dev.holdfast.cli.page.Chart;
import dev.holdfast.cli.page.Page;
import dev.holdfast.cli.page.Section;
import dev.holdfast.trials.torture.CampaignReport;
import dev.holdfast.trials.torture.Fault;
import dev.holdfast.trials.torture.FaultKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a torture found, as a page with charts. */
final class TorturePage {
    private static final int BARS = 12;
    private static final int SLICES = 24;

    private final TorturePlan plan;
    private final Surroundings surroundings;

    TorturePage(TorturePlan plan, Surroundings surroundings) {
        this.plan = plan;
        this.surroundings = surroundings;
    }

    String of(long caught, List<TortureRun.Result> results) {
        Page page = new Page("Torture", "Locks while things go wrong: what was done, and what was seen.");
        surroundings.on(page, surroundings.took());
        page.fact("Seed", Long.toString(plan.seed()));
        page.fact("Minutes for each store", Double.toString(plan.time().toMillis() / 60_000.0));
        page.notice(
                caught > 0 ? Page.Kind.GOOD : Page.Kind.BAD, String.join(" ", new TortureText(plan).control(caught)));
        for (TortureRun.Result result : results) {
            String shown = result.target().store().shown();
            page.notice(kind(result.report()), shown + ": " + TortureText.conclusion(result.report()));
            if (result.report().cutShort() != null) {
                page.notice(
                        Page.Kind.WARNING,
                        shown + ": partial: " + result.report().cutShort());
            }
            section(page.section(shown), result);
        }
        return page.html();
    }

    private static Page.Kind kind(CampaignReport report) {
        return switch (report.conclusion()) {
            case KEPT -> Page.Kind.GOOD;
            case KEPT_AS_ITS_TIER_ALLOWS, PROVES_NOTHING -> Page.Kind.WARNING;
            case BROKEN -> Page.Kind.BAD;
        };
    }

    private void section(Section section, TortureRun.Result result) {
        CampaignReport report = result.report();
        section.text(TortureText.title(result));
        section.table("What was done, and what was seen", TortureText.faults(report));
        section.table("Verdicts", TortureText.verdicts(report));
        if (!report.takeovers().isEmpty()) {
            section.chart(takeovers(report));
        }
        if (!report.events().isEmpty()) {
            section.chart(events(report));
        }
        section.list(new TortureText(plan).sentences(result));
    }

    private static Chart takeovers(CampaignReport report) {
        List<Duration> all = report.takeovers();
        double longest =
                Math.max(report.lease().toNanos(), all.get(all.size() - 1).toNanos()) / 1e6;
        int[] counts = new int[BARS];
        for (Duration one : all) {
            counts[Math.min(BARS - 1, (int) (one.toNanos() / 1e6 / longest * BARS))]++;
        }
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < BARS; i++) {
            labels.add(String.format(Locale.ROOT, "%.0f to %.0f ms", longest * i / BARS, longest * (i + 1) / BARS));
        }
        return Chart.bars(
                        "From the kill of a holder to the next grant",
                        "The lease is " + TortureText.lease(report)
                                + "; a store that notices the end of a connection is faster.",
                        labels,
                        Chart.Axis.linear("killed holders"))
                .bar("takeovers", values(counts));
    }

    private static Chart events(CampaignReport report) {
        long length = Math.max(1, report.time().toNanos());
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < SLICES; i++) {
            labels.add(String.format(Locale.ROOT, "%.0f s", length / 1e9 * i / SLICES));
        }
        Chart chart = Chart.bars(
                "Faults over time", "How many began in each part of the run.", labels, Chart.Axis.linear("faults"));
        TreeSet<FaultKind> kinds =
                report.events().stream().map(Fault::kind).collect(Collectors.toCollection(TreeSet::new));
        for (FaultKind kind : kinds) {
            int[] counts = new int[SLICES];
            for (Fault event : report.events()) {
                if (event.kind() == kind) {
                    double part = (double) event.startNanos() / length;
                    counts[Math.min(SLICES - 1, (int) (part * SLICES))]++;
                }
            }
            chart.bar(kind.label(), values(counts));
        }
        return chart;
    }

    private static List<@Nullable Double> values(int[] counts) {
        return Arrays.stream(counts).asDoubleStream().boxed().collect(Collectors.toCollection(ArrayList::new));
    }
}
