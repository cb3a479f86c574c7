// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.torture;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.holdfast.cli.console.Surroundings;
import dev.holdfast.trials.torture.CampaignReport;
import dev.holdfast.trials.torture.Fault;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a torture found, for programs. Times are in milliseconds. */
final class TortureJson {
    private final TorturePlan plan;
    private final Surroundings surroundings;

    TortureJson(TorturePlan plan, Surroundings surroundings) {
        this.plan = plan;
        this.surroundings = surroundings;
    }

    String of(long caught, List<TortureRun.Result> results) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>(surroundings.json(surroundings.took()));
        all.put("seed", plan.seed());
        all.put("minutes", plan.time().toMillis() / 60_000.0);
        all.put("control", Map.of("overlaps", caught, "caught", caught > 0));
        all.put("stores", results.stream().map(this::store).toList());
        return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(all) + "\n";
    }

    private Map<String, Object> store(TortureRun.Result result) {
        CampaignReport report = result.report();
        CampaignReport.Sums sums = report.sums();
        Map<String, Object> store = new LinkedHashMap<>();
        store.put("uri", result.target().store().shown());
        store.put("conclusion", report.conclusion().name());
        store.put("sentence", TortureText.conclusion(report));
        store.put("partial", Objects.requireNonNullElse(report.cutShort(), ""));
        store.put("tier", report.tier().name());
        store.put("lease", millis(report.lease().toNanos()));
        store.put("time", report.time().toMillis());
        store.put(
                "contract",
                Map.of(
                        "overlaps",
                        sums.overlaps(),
                        "allowedByTier",
                        report.allowedOverlaps(),
                        "forbidden",
                        report.forbiddenOverlaps()));
        store.put("raw", Map.of("overlaps", sums.rawOverlaps()));
        store.put("tokens", Map.of("fallen", sums.tokenFalls(), "repeated", sums.tokenRepeats()));
        store.put(
                "resource",
                Map.of(
                        "accepted",
                        sums.accepted(),
                        "refused",
                        sums.refused(),
                        "stale",
                        sums.staleWrites(),
                        "lostUpdates",
                        sums.lostUpdates()));
        store.put("grants", sums.holds());
        store.put("outages", sums.outages());
        store.put("fairness", Map.of("jain", sums.jain(), "mostBypassed", sums.mostBypassed()));
        store.put(
                "takeovers",
                report.takeovers().stream()
                        .map(takeover -> millis(takeover.toNanos()))
                        .toList());
        store.put("faults", report.faults().stream().map(TortureJson::fault).toList());
        store.put("overlapsInPeace", report.overlapsInPeace());
        store.put("events", report.events().stream().map(TortureJson::event).toList());
        store.put(
                "leftovers",
                Map.of(
                        "stuck",
                        report.leftovers().stuck(),
                        "held",
                        report.leftovers().held(),
                        "unknown",
                        Objects.requireNonNullElse(report.leftovers().unknown(), "")));
        store.put("networkLeftOut", Objects.requireNonNullElse(result.target().leftOut(), ""));
        store.put("findings", report.findings());
        store.put("replay", plan.replay(result.target()));
        return store;
    }

    private static Map<String, Object> fault(dev.holdfast.trials.torture.FaultTally fault) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", fault.kind().word());
        json.put("done", fault.done());
        json.put("toHolder", fault.holders());
        json.put("overlaps", fault.overlaps());
        json.put("rawOverlaps", fault.rawOverlaps());
        return json;
    }

    private static Map<String, Object> event(Fault event) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", event.kind().word());
        json.put("at", millis(event.startNanos()));
        json.put("for", millis(event.endNanos() - event.startNanos()));
        return json;
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }
}
