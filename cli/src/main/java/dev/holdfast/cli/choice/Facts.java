// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.choice;

import java.time.Duration;
import java.util.Set;

/**
 * A case that needs a lock.
 *
 * @param processes how many use it, at least 1
 * @param machines on how many machines, at least 1
 * @param rate how many locks a second, in all
 * @param hold how long one is held
 * @param twice what it costs if two hold it
 * @param token whether what is protected can refuse old tokens
 * @param ordered whether who came first must get it first
 * @param clocked whether a clock starts all of them at the same time
 * @param table whether what is protected stands in a database that is at hand
 * @param stores what is at hand besides threads and files
 */
public record Facts(
        int processes,
        int machines,
        double rate,
        Duration hold,
        Twice twice,
        boolean token,
        boolean ordered,
        boolean clocked,
        boolean table,
        Set<String> stores) {
    private static final double NANOS = 1e9;

    /** What it costs if two hold the lock once in a while. */
    public enum Twice {
        /** Some work is done twice. */
        HARMLESS,
        /** Somebody has to clean up. */
        COSTLY,
        /** It must not happen. */
        NEVER
    }

    /** The value of a fact that is a number. */
    double number(String fact) {
        return switch (fact) {
            case "processes" -> processes;
            case "machines" -> machines;
            case "rate" -> rate;
            case "hold" -> hold.toNanos() / NANOS;
            default -> throw new IllegalArgumentException("no such number: " + fact);
        };
    }

    /** The value of a fact that is a word. */
    String word(String fact) {
        return switch (fact) {
            case "twice" -> twice.name().toLowerCase(java.util.Locale.ROOT);
            case "token" -> yes(token);
            case "ordered" -> yes(ordered);
            case "clocked" -> yes(clocked);
            case "table" -> yes(table);
            default -> throw new IllegalArgumentException("no such word: " + fact);
        };
    }

    private static String yes(boolean fact) {
        return fact ? "yes" : "no";
    }
}
