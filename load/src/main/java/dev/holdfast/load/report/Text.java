// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.report;

import java.util.List;

/** Tables for people. */
final class Text {
    private Text() {}

    /** The first row is the header; the first column is text, the others are numbers. */
    static String table(List<List<String>> rows) {
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
                text.append(c == 0 ? "  " + row.get(c) + pad : "  " + pad + row.get(c));
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }
}
