// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.bench;

import dev.holdfast.cli.console.Surroundings;
import dev.holdfast.load.LimitSearch;
import dev.holdfast.load.report.Comparison;
import dev.holdfast.load.report.Machine;
import dev.holdfast.spi.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a run of {@code bench} has found so far. */
final class BenchResult {
    private final BenchPlan plan;
    private final List<String> stores;
    private final Surroundings surroundings;
    private final List<Measured> measured = new ArrayList<>();
    private final List<BenchTrial> trials = new ArrayList<>();
    private final Map<String, Limit> limits = new LinkedHashMap<>();
    private final Set<String> remarks = new LinkedHashSet<>();
    private Duration took = Duration.ZERO;
    private @Nullable String endedEarly = "it still runs";

    /**
     * What was measured.
     *
     * @param scenario what it is
     * @param level with which numbers
     * @param comparison the figures; of a run that ended early the last may have fewer rounds or stores
     */
    record Measured(BenchScenario scenario, BenchScenario.Level level, Comparison comparison) {}

    /**
     * The highest rate that held.
     *
     * @param rate per second; 0 if none did
     * @param isLimit whether a higher one was seen to break
     */
    record Limit(double rate, boolean isLimit) {}

    BenchResult(BenchPlan plan, List<String> stores, Machine machine) {
        this.plan = plan;
        this.stores = stores;
        surroundings = Surroundings.of(machine);
    }

    /** The figures of a scenario; takes the place of earlier ones of the same scenario and level. */
    void reached(Measured figures) {
        measured.removeIf(earlier ->
                earlier.level().equals(figures.level()) && earlier.scenario().equals(figures.scenario()));
        measured.add(figures);
    }

    /** What came of a load, as far as it has run; takes the place of what came before. */
    void carried(Comparison comparison, BenchPlan.Load load) {
        trials.clear();
        comparison.standings().forEach(standing -> trials.add(BenchTrial.of(standing, load.rate(), load.p99())));
    }

    void tried(BenchTrial trial) {
        trials.add(trial);
    }

    void found(String store, LimitSearch search) {
        limits.put(store, new Limit(search.held(), search.isLimit()));
    }

    void remark(String remark) {
        remarks.add(remark);
    }

    /**
     * The run is over.
     *
     * @param why why it ended early, or null if it did not
     */
    void end(@Nullable String why) {
        took = surroundings.took();
        endedEarly = why;
    }

    BenchPlan plan() {
        return plan;
    }

    List<String> stores() {
        return stores;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Duration took() {
        return took;
    }

    List<Measured> measured() {
        return measured;
    }

    List<BenchTrial> trials() {
        return trials;
    }

    Map<String, Limit> limits() {
        return limits;
    }

    Set<String> remarks() {
        return remarks;
    }

    @Nullable
    String endedEarly() {
        return endedEarly;
    }

    /** Whether there is anything to report. */
    boolean isEmpty() {
        return measured.isEmpty() && trials.isEmpty();
    }

    boolean hasDefect() {
        return measured.stream().anyMatch(one -> one.comparison().hasDefect());
    }

    /** Whether what was asked for is so: locks at a rate that hold, or locks that let nobody in twice. */
    boolean isGood() {
        if (plan.load() == null) {
            return !hasDefect();
        }
        return plan.load().findLimit()
                ? limits.values().stream().allMatch(limit -> limit.rate() > 0)
                : trials.stream().allMatch(BenchTrial::holds);
    }

    /** What came of a load, in a sentence for each store. */
    List<String> verdicts() {
        BenchPlan.Load load = plan.load();
        if (load == null) {
            return List.of();
        }
        if (!load.findLimit()) {
            return trials.stream()
                    .map(trial -> trial.store() + ": " + trial.verdict())
                    .toList();
        }
        String target = "p99 within " + Durations.format(Objects.requireNonNull(load.p99()));
        List<String> verdicts = new ArrayList<>();
        limits.forEach((store, limit) -> {
            String rate = BenchTrial.perSecond(limit.rate());
            verdicts.add(store + ": "
                    + (limit.rate() == 0
                            ? "no rate held, not even " + lowest(store) + " (" + target + ")"
                            : limit.isLimit()
                                    ? "holds " + rate + " (" + target + "), and no more"
                                    : "holds " + rate + " (" + target + "); more was not tried"));
        });
        return verdicts;
    }

    private String lowest(String store) {
        return BenchTrial.perSecond(trials.stream()
                .filter(trial -> trial.store().equals(store))
                .mapToDouble(BenchTrial::rate)
                .min()
                .orElse(0));
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.putAll(surroundings.json(took));
        json.put("command", plan.command());
        json.put("complete", endedEarly == null);
        json.put("ended_early", endedEarly);
        json.put("stores", stores);
        json.put("remarks", List.copyOf(remarks));
        json.put("comparisons", measured.stream().map(BenchResult::json).toList());
        json.put("loads", trials.stream().map(BenchTrial::json).toList());
        json.put(
                "limits",
                limits.entrySet().stream()
                        .map(entry -> Map.of(
                                "store", entry.getKey(),
                                "held_per_second", entry.getValue().rate(),
                                "more_broke", entry.getValue().isLimit()))
                        .toList());
        return json;
    }

    private static Map<String, Object> json(Measured one) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("level", one.level().label());
        json.putAll(one.comparison().json());
        return json;
    }
}
