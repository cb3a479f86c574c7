// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Contenders that ran the same scenario, in turns.
 *
 * @param scenario which one
 * @param setup with which numbers, for people
 * @param primary the figure that is compared with the baseline's; null if the scenario has none of that kind
 * @param standings the baseline first
 */
public record Comparison(
        String scenario, String setup, @Nullable Metric primary, List<Standing> standings) {
    /**
     * Whether a lock was seen to be broken.
     *
     * @return true if there is any defect
     */
    public boolean hasDefect() {
        return standings.stream()
                .flatMap(standing -> standing.rounds().stream())
                .flatMap(round -> round.entrySet().stream())
                .anyMatch(figure -> figure.getKey().isDefect() && figure.getValue() > 0);
    }

    /**
     * As text.
     *
     * @return a table with a title
     */
    public String table() {
        List<Metric> metrics = metrics();
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of(""));
        metrics.forEach(metric -> header.add(metric.heading()));
        if (primary != null) {
            header.add("x " + standings.get(0).label());
        }
        rows.add(header);
        for (Standing standing : standings) {
            List<String> row = new ArrayList<>(List.of(standing.label()));
            metrics.forEach(metric -> row.add(metric.format(standing.median(metric))));
            if (primary != null) {
                row.add(number(standing.ratio(primary, standings.get(0))));
            }
            rows.add(row);
        }
        return scenario + ": " + setup + System.lineSeparator() + Text.table(rows);
    }

    /** Defects that were not seen need no column. */
    private List<Metric> metrics() {
        return standings.get(0).rounds().get(0).keySet().stream()
                .filter(metric -> !metric.isDefect() || hasDefect())
                .toList();
    }

    private static String number(double ratio) {
        return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%.1f", ratio);
    }

    Map<String, Object> json() {
        List<Object> contenders = new ArrayList<>();
        for (Standing standing : standings) {
            Map<String, Object> medians = new LinkedHashMap<>();
            List<Object> rounds = new ArrayList<>();
            standing.rounds().get(0).keySet().forEach(metric -> medians.put(metric.key(), standing.median(metric)));
            for (Map<Metric, Double> figures : standing.rounds()) {
                Map<String, Object> round = new LinkedHashMap<>();
                figures.forEach((metric, value) -> round.put(metric.key(), value));
                rounds.add(round);
            }
            Map<String, Object> contender = new LinkedHashMap<>();
            contender.put("contender", standing.label());
            if (primary != null) {
                contender.put("ratio", standing.ratio(primary, standings.get(0)));
            }
            contender.put("medians", medians);
            contender.put("rounds", rounds);
            contenders.add(contender);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scenario", scenario);
        json.put("setup", setup);
        json.put("baseline", standings.get(0).label());
        if (primary != null) {
            json.put("ratio_of", primary.key());
        }
        json.put("contenders", contenders);
        return json;
    }
}
