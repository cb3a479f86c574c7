// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import java.util.Collection;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The error for a word that is none of the known ones. */
public final class KnownNames {
    private KnownNames() {}

    /**
     * Makes the error; throwing it is up to the caller.
     *
     * @param what what kind of word it is, for example {@code parameter}
     * @param given the word that is not known
     * @param known the known ones, perhaps none
     * @return an error that names the known words, and the one that was probably meant
     */
    public static IllegalArgumentException unknown(String what, String given, Collection<String> known) {
        String near = nearest(given, known);
        return new IllegalArgumentException("Unknown " + what + " " + Printable.quoted(given)
                + (near == null ? ". " : "; did you mean " + near + "? ")
                + (known.isEmpty() ? "None is known." : "Known: " + String.join(", ", new TreeSet<>(known)) + "."));
    }

    static @Nullable String nearest(String given, Collection<String> known) {
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String candidate : new TreeSet<>(known)) {
            int distance = distance(bare(given), bare(candidate));
            if (distance < least && distance <= candidate.length() / 3) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** So that leaseTime, lease_time and LEASE-TIME all are as near to lease-time as can be. */
    static String bare(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** How many characters to add, drop, change or swap with their neighbour. */
    private static int distance(String left, String right) {
        if (Math.abs(left.length() - right.length()) > right.length()) {
            return Integer.MAX_VALUE;
        }
        int[][] cost = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, left, right, i, j);
            }
        }
        return cost[left.length()][right.length()];
    }

    private static int cheapest(int[][] cost, String left, String right, int i, int j) {
        int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        int least = Math.min(cost[i - 1][j - 1] + change, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped = i > 1
                && j > 1
                && left.charAt(i - 1) == right.charAt(j - 2)
                && left.charAt(i - 2) == right.charAt(j - 1);
        return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
    }
}
