// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import java.util.List;

/**
 * Pairs that contradict a promise.
 *
 * @param count how many there are
 * @param shown the first twenty
 * @param <T> holds or uses
 */
public record Findings<T>(long count, List<Pair<T>> shown) {
    /**
     * Two that do not go together.
     *
     * @param first the one that came first
     * @param second the other
     * @param <T> holds or uses
     */
    public record Pair<T>(T first, T second) {}

    void describe(String what, StringBuilder text) {
        for (Pair<T> pair : shown) {
            text.append("  ").append(what).append(":\n    ").append(pair.first).append("\n    ");
            text.append(pair.second).append('\n');
        }
        if (count > shown.size()) {
            text.append("  and ").append(count - shown.size()).append(" more\n");
        }
    }
}
