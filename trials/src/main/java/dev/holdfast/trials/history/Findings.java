// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import java.util.List;

/**
 * Pairs that contradict a promise.
 *
 * @param count how many there are
 * @param kept the first ten thousand
 * @param <T> holds or uses
 */
public record Findings<T>(long count, List<Pair<T>> kept) {
    private static final int MOST_SHOWN = 20;

    /**
     * Two that do not go together.
     *
     * @param first the one that came first
     * @param second the other
     * @param <T> holds or uses
     */
    public record Pair<T>(T first, T second) {}

    void describe(String what, StringBuilder text) {
        List<Pair<T>> shown = kept.subList(0, Math.min(kept.size(), MOST_SHOWN));
        for (Pair<T> pair : shown) {
            text.append("  ").append(what).append(":\n    ").append(pair.first).append("\n    ");
            text.append(pair.second).append('\n');
        }
        if (count > shown.size()) {
            text.append("  and ").append(count - shown.size()).append(" more\n");
        }
    }
}
