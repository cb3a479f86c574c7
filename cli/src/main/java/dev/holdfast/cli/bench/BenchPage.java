// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.bench;

import dev.holdfast.cli.bench.BenchResult.Measured;
import dev.holdfast.cli.page.Page;
import dev.holdfast.cli.page.Section;
import dev.holdfast.load.report.Metric;
import dev.holdfast.load.report.Standing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The report of {@code bench} for a browser. */
final class BenchPage {
    private static final List<String> CAVEATS = List.of(
            "These are figures of this machine, these servers and this network, at this hour. What else they did shared the time: compare stores"
                    + " with each other rather than with figures from elsewhere.",
            "Each figure is the median of up to " + BenchPlan.MOST_ROUNDS
                    + " rounds, in which the stores took turns. Charts of percentiles are of all rounds" + " together.",
            "In the scenarios a thread asks again as soon as it has released, so a long wait stands for one sample. How a store carries a load that"
                    + " does not wait for it is what --rate measures.",
            "Requests are all that a server received, those of others too.",
            "A lock that is fast is not for that reason safe: what each store promises is in docs/choosing.md.");

    private static final List<String> LOAD_CAVEATS = List.of(
            CAVEATS.get(0),
            "Locks are wanted at even distances. Real requests come in bunches, which makes their waits longer.",
            "Each wait is counted from the time on the schedule, so a stall counts for all that was due meanwhile. A lock that nobody had come to"
                    + " when the time was over counts with the time that it had waited until then.",
            "The load comes from two processes of this machine with at most 1,000 threads each. If this machine is the bottleneck, the figures are its"
                    + " own.",
            CAVEATS.get(4));

    private BenchPage() {}

    static Page of(BenchResult result) {
        Page page = new Page(
                result.stores().size() == 1
                        ? "How " + result.stores().get(0) + " does"
                        : "How " + result.stores().size() + " stores do",
                result.plan().load() == null
                        ? "Locks measured by processes that do nothing else: alone, in a crowd, and while they wait."
                        : "Locks that were wanted on a schedule, whether or not the store kept up.");
        notices(page, result);
        facts(page, result);
        if (result.plan().load() != null) {
            BenchCharts.load(page, result);
        } else if (!result.measured().isEmpty()) {
            inShort(page, result);
            BenchCharts.scenarios(page, result);
            scenarios(page, result);
        }
        page.section("What these figures do not say").list(result.plan().load() == null ? CAVEATS : LOAD_CAVEATS);
        return page;
    }

    private static void notices(Page page, BenchResult result) {
        String why = result.endedEarly();
        if (why != null) {
            page.notice(
                    Page.Kind.BAD,
                    result.isEmpty()
                            ? "Nothing was measured: " + why
                            : "This report is partial. The run ended early: " + why);
        }
        if (result.hasDefect()) {
            page.notice(
                    Page.Kind.BAD,
                    "Two held a lock at the same time, or a held lock was lost: see the lost updates and lost locks below.");
        }
        if (why == null || result.plan().load() == null || !result.plan().load().findLimit()) {
            for (String verdict : result.verdicts()) {
                page.notice(result.isGood() ? Page.Kind.GOOD : Page.Kind.BAD, verdict);
            }
        }
        result.remarks().forEach(remark -> page.notice(Page.Kind.WARNING, remark));
    }

    private static void facts(Page page, BenchResult result) {
        result.surroundings().on(page, result.took());
        for (int i = 0; i < result.stores().size(); i++) {
            page.fact(
                    result.stores().size() == 1 ? "Store" : i == 0 ? "Store 1, the baseline" : "Store " + (i + 1),
                    result.stores().get(i));
        }
        page.fact("Command", result.plan().command());
    }

    /** One row for each store with what is asked for first. */
    private static void inShort(Page page, BenchResult result) {
        Map<String, Map<String, String>> columns = new LinkedHashMap<>();
        column(columns, result, "uncontended", "a free lock, p50", Metric.ACQUIRE_P50);
        column(columns, result, "names", "64 names, grants/s", Metric.GRANTS);
        column(columns, result, "threads", "in one process, grants/s", Metric.GRANTS);
        column(columns, result, "processes", "across processes, grants/s", Metric.GRANTS);
        column(columns, result, "handoff", "hand-off, p50", Metric.HANDOFF_P50);
        column(columns, result, "waiters", "1,000 waiters, requests/s", Metric.REQUESTS);
        column(columns, result, "leases", "1,000 leases, requests/s", Metric.REQUESTS);
        if (columns.isEmpty()) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("store"));
        header.addAll(columns.keySet());
        rows.add(header);
        for (String store : result.stores()) {
            List<String> row = new ArrayList<>(List.of(store));
            columns.values().forEach(column -> row.add(column.getOrDefault(store, "-")));
            rows.add(row);
        }
        page.section("In short").table("", rows);
    }

    /** Of a scenario with several levels the last, which is the hardest. */
    private static void column(
            Map<String, Map<String, String>> columns,
            BenchResult result,
            String scenario,
            String heading,
            Metric metric) {
        Map<String, String> column = new LinkedHashMap<>();
        for (Measured one : result.measured()) {
            if (one.scenario().id().equals(scenario)) {
                for (Standing standing : one.comparison().standings()) {
                    if (standing.metrics().contains(metric)) {
                        column.put(standing.label(), metric.format(standing.median(metric)));
                    }
                }
            }
        }
        if (!column.isEmpty()) {
            columns.put(heading, column);
        }
    }

    private static void scenarios(Page page, BenchResult result) {
        @Nullable Section section = null;
        BenchScenario before = null;
        for (Measured one : result.measured()) {
            BenchScenario scenario = one.scenario();
            if (section == null || !scenario.equals(before)) {
                section = page.section(scenario.title())
                        .text(scenario.means())
                        .text("What it does not say: " + scenario.caveat());
                before = scenario;
            }
            section.table(one.comparison().setup(), one.comparison().rows());
        }
    }

    static @Nullable Double value(Measured one, String store, Metric metric) {
        return one.comparison().standings().stream()
                .filter(standing -> standing.label().equals(store))
                .filter(standing -> standing.metrics().contains(metric))
                .findFirst()
                .map(standing -> standing.median(metric))
                .orElse(null);
    }
}
