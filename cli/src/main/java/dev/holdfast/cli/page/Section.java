// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A part of a page: paragraphs, charts and tables, in the order in which they were added. Charts next to each other share a row if there is room. */
public final class Section {
    private final String heading;
    private final List<Map<String, Object>> blocks = new ArrayList<>();
    private boolean hasChart;

    Section(String heading) {
        this.heading = heading;
    }

    /**
     * Adds a paragraph.
     *
     * @param paragraph the text
     * @return this
     */
    public Section text(String paragraph) {
        blocks.add(Map.of("text", paragraph));
        return this;
    }

    /**
     * Adds points of a list.
     *
     * @param points one sentence each
     * @return this
     */
    public Section list(List<String> points) {
        blocks.add(Map.of("list", List.of(Map.of("points", points))));
        return this;
    }

    /**
     * Adds a table.
     *
     * @param caption what it is, or an empty text
     * @param rows the header first; the first column is text, the others are numbers
     * @return this
     * @throws IllegalArgumentException if there is no header, or a row has another length
     */
    public Section table(String caption, List<List<String>> rows) {
        if (rows.isEmpty()
                || rows.stream().anyMatch(row -> row.size() != rows.get(0).size())) {
            throw new IllegalArgumentException("a table needs a header, and rows as long as that");
        }
        blocks.add(Map.of(
                "table",
                List.of(Map.of("caption", caption, "header", rows.get(0), "rows", rows.subList(1, rows.size())))));
        return this;
    }

    /**
     * Adds a chart.
     *
     * @param chart what it shows
     * @return this
     */
    public Section chart(Chart chart) {
        hasChart = true;
        Map<String, Object> model = chart.model();
        Map<String, Object> before = blocks.isEmpty() ? Map.of() : blocks.get(blocks.size() - 1);
        if (before.containsKey("charts")) {
            List<Map<String, Object>> charts = new ArrayList<>(charts(before));
            charts.add(model);
            blocks.set(blocks.size() - 1, Map.of("charts", List.of(Map.of("row", charts))));
        } else {
            blocks.add(Map.of("charts", List.of(Map.of("row", List.of(model)))));
        }
        return this;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> charts(Map<String, Object> block) {
        Map<String, Object> row = ((List<Map<String, Object>>) Objects.requireNonNull(block.get("charts"))).get(0);
        return (List<Map<String, Object>>) Objects.requireNonNull(row.get("row"));
    }

    boolean hasChart() {
        return hasChart;
    }

    Map<String, Object> model() {
        return Map.of("heading", heading, "blocks", blocks);
    }
}
