// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.guide;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What locks of this project cost on each store, in Markdown, put together from the reports of several starts. */
final class FiguresTable {
    private static final String OURS = "holdfast@";
    private static final String MISSING = "";

    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final List<String> machines = new ArrayList<>();

    /** What is known of one place. */
    private static final class Row {
        private String free = MISSING;
        private String grants = MISSING;
        private String handOff = MISSING;
        private String requests = MISSING;

        String line(String place) {
            return "| `" + place + "` | " + String.join(" | ", free, grants, handOff, requests) + " |";
        }
    }

    /**
     * Adds what a start measured.
     *
     * @param report as {@code --json} writes it
     * @throws IllegalArgumentException if it is something else
     */
    void add(Map<String, Object> report) {
        Map<String, Object> machine = map(report.get("machine"));
        machines.add(machine.get("date") + ", " + machine.get("processors") + " processors, " + machine.get("system"));
        for (Object comparison : is(List.class, report.get("comparisons"))) {
            addComparison(map(comparison));
        }
    }

    private void addComparison(Map<String, Object> comparison) {
        String scenario = is(String.class, comparison.get("scenario"));
        for (Object contender : is(List.class, comparison.get("contenders"))) {
            Map<String, Object> standing = map(contender);
            String label = is(String.class, standing.get("contender"));
            if (label.startsWith(OURS) || label.equals("holdfast")) {
                Row row = rows.computeIfAbsent(place(label), place -> new Row());
                addFigures(row, scenario, map(standing.get("medians")));
            }
        }
    }

    private static void addFigures(Row row, String scenario, Map<String, Object> medians) {
        switch (scenario) {
            case "uncontended" ->
                row.free = time(figure(medians, "acquire_p50_us") + figure(medians, "release_p50_us"));
            case "handoff" -> row.handOff = time(figure(medians, "handoff_p50_us"));
            case "processes" -> {
                row.grants = String.format(Locale.ROOT, "%,.0f", figure(medians, "grants"));
                Object requests = medians.get("requests_per_grant");
                row.requests = requests == null
                        ? MISSING
                        : String.format(
                                Locale.ROOT, "%.2f", is(Number.class, requests).doubleValue());
            }
            default -> {}
        }
    }

    private static double figure(Map<String, Object> medians, String key) {
        return is(Number.class, medians.get(key)).doubleValue();
    }

    /** Two digits say all that can be said of such a figure. */
    private static String time(double micros) {
        double value = micros < 1_000 ? micros : micros / 1_000;
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value) + (micros < 1_000 ? " us" : " ms");
    }

    /** Without the placeholder of an address, which says nothing to the reader. */
    private static String place(String label) {
        return label.equals("holdfast")
                ? "file:"
                : label.substring(OURS.length())
                        .replace("{postgresql}", "jdbc:postgresql:")
                        .replace("{mariadb}", "jdbc:mariadb:")
                        .replaceAll("\\{\\w+}", "");
    }

    /** The table and where it comes from. */
    String markdown() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "| store | a free lock, taken and given back | grants/s, 4 processes with 4 threads on one name | hand-off between processes"
                        + " | requests per grant |");
        lines.add("|---|---|---|---|---|");
        rows.forEach((place, row) -> lines.add(row.line(place)));
        lines.add("");
        lines.add(
                "Measured on " + String.join("; ", machines.stream().distinct().toList())
                        + ", with the servers beside the clients. Medians; `bench/figures` measures them again and puts them here.");
        return String.join("\n", lines);
    }

    @SuppressWarnings("unchecked") // In JSON all keys are texts.
    private static Map<String, Object> map(@Nullable Object value) {
        return is(Map.class, value);
    }

    private static <T> T is(Class<T> type, @Nullable Object value) {
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("this is no report of bench/run");
        }
        return type.cast(value);
    }
}
