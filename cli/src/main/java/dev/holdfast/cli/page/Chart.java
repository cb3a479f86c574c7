// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.page;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bars or lines, one colour for each series. The script of the page draws it; a reader without scripts sees the title and the note. */
public final class Chart {
    private final String title;
    private final String note;
    private final String kind;
    private final Axis x;
    private final Axis y;
    private final List<String> categories;
    private final List<Map<String, Object>> series = new ArrayList<>();

    /**
     * One side of a chart.
     *
     * @param title what is counted, with its unit
     * @param logarithmic whether each step is ten times the one before
     */
    public record Axis(String title, boolean logarithmic) {
        /**
         * Even steps from 0.
         *
         * @param title what is counted, with its unit
         * @return the axis
         */
        public static Axis linear(String title) {
            return new Axis(title, false);
        }

        /**
         * Each step ten times the one before, for numbers of very different sizes above 0.
         *
         * @param title what is counted, with its unit
         * @return the axis
         */
        public static Axis logarithmic(String title) {
            return new Axis(title, true);
        }

        private Map<String, Object> json() {
            return Map.of("title", title, "logarithmic", logarithmic);
        }
    }

    private Chart(String kind, String title, String note, Axis x, Axis y, List<String> categories) {
        this.kind = kind;
        this.title = title;
        this.note = note;
        this.x = x;
        this.y = y;
        this.categories = categories;
    }

    /**
     * Groups of bars.
     *
     * @param title what it shows
     * @param note how to read it
     * @param categories what the groups are; a series has a value for each
     * @param y the height of a bar
     * @return the chart, without a series
     */
    public static Chart bars(String title, String note, List<String> categories, Axis y) {
        return new Chart("bar", title, note, Axis.linear(""), y, List.copyOf(categories));
    }

    /**
     * Lines from point to point.
     *
     * @param title what it shows
     * @param note how to read it
     * @param x from left to right
     * @param y from below to above
     * @return the chart, without a series
     */
    public static Chart lines(String title, String note, Axis x, Axis y) {
        return new Chart("line", title, note, x, y, List.of());
    }

    /**
     * Adds a series of bars.
     *
     * @param label what it is called in the legend
     * @param values one for each category, null where there is none
     * @return this
     * @throws IllegalArgumentException if there are more or fewer values than categories
     */
    public Chart bar(String label, List<@Nullable Double> values) {
        if (values.size() != categories.size()) {
            throw new IllegalArgumentException(values.size() + " values for " + categories.size() + " categories");
        }
        return add(label, values);
    }

    /**
     * Adds a line.
     *
     * @param label what it is called in the legend
     * @param points x and y of each
     * @return this
     */
    public Chart line(String label, List<double[]> points) {
        return add(
                label,
                points.stream()
                        .map(point -> Map.of("x", point[0], "y", point[1]))
                        .toList());
    }

    private Chart add(String label, List<?> data) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("label", label);
        one.put("data", data);
        series.add(one);
        return this;
    }

    Map<String, Object> model() {
        return Map.of("title", title, "note", note, "data", json());
    }

    /** Inside a script element, where {@code </script} would end it, and {@code <!--} begin what is none. */
    private String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("kind", kind);
        all.put("x", x.json());
        all.put("y", y.json());
        all.put("categories", categories);
        all.put("series", series);
        try {
            return JSON.std.asString(all).replace("<", "\\u003c");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
