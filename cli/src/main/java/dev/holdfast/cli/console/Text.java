// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

import java.util.List;
import java.util.Locale;

/** Numbers, times and tables for people. */
public final class Text {
    private Text() {}

    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Three digits are enough for a person. */
    public static String time(long nanos) {
        if (nanos < 1_000_000) {
            return String.format(Locale.ROOT, "%d us", nanos / 1_000);
        }
        return nanos < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f ms", nanos / 1e6)
                : String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }

    /** A character as the letters of Java and JSON have it. */
    public static String escape(char unit) {
        return String.format(Locale.ROOT, "\\u%04x", (int) unit);
    }

    /** A text that cannot command a terminal: control characters and those that turn the direction of writing are escaped. */
    public static String harmless(String text) {
        StringBuilder harmless = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); at++) {
            char unit = text.charAt(at);
            boolean commands = Character.isISOControl(unit) || Character.getType(unit) == Character.FORMAT;
            harmless.append(commands ? escape(unit) : String.valueOf(unit));
        }
        return harmless.toString();
    }

    /** The first row is the header; the first column is text, the others are numbers. */
    public static String table(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int c = 0; c < columns; c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int c = 0; c < columns; c++) {
                String pad = " ".repeat(widths[c] - row.get(c).length());
                text.append(c == 0 ? row.get(c) + pad : "   " + pad + row.get(c));
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }
}
