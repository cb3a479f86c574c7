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
    /** Only some stores tell how many requests they serve. */
    private static final String UNKNOWN = "-";

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
        return scenario + ": " + setup + System.lineSeparator() + Text.table(rows());
    }

    /**
     * As a table.
     *
     * @return the header, and a row for each contender
     */
    public List<List<String>> rows() {
        List<Metric> metrics = metrics();
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of(""));
        metrics.forEach(metric -> header.add(metric.heading()));
        if (hasRatio()) {
            header.add("x " + standings.get(0).label());
        }
        rows.add(header);
        for (Standing standing : standings) {
            List<String> row = new ArrayList<>(List.of(standing.label()));
            metrics.forEach(metric ->
                    row.add(standing.metrics().contains(metric) ? metric.format(standing.median(metric)) : UNKNOWN));
            if (primary != null && hasRatio()) {
                row.add(number(standing.ratio(primary, standings.get(0))));
            }
            rows.add(row);
        }
        return rows;
    }

    /** The columns of the table: defects that were not seen need none. */
    private List<Metric> metrics() {
        return standings.stream()
                .flatMap(standing -> standing.metrics().stream())
                .distinct()
                .filter(metric -> !metric.isDefect() || hasDefect())
                .toList();
    }

    private boolean hasRatio() {
        return primary != null && standings.size() > 1;
    }

    private static String number(double ratio) {
        return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%.1f", ratio);
    }

    /**
     * For programs.
     *
     * @return medians and rounds of all contenders, and the percentiles of what was timed
     */
    public Map<String, Object> json() {
        List<Object> contenders = new ArrayList<>();
        for (Standing standing : standings) {
            Map<String, Object> medians = new LinkedHashMap<>();
            List<Object> rounds = new ArrayList<>();
            standing.metrics().forEach(metric -> medians.put(metric.key(), standing.median(metric)));
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
            if (!standing.times().isEmpty()) {
                contender.put("percentiles", Percentiles.json(standing.times()));
            }
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
