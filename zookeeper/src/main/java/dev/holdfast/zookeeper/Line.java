// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a listing of a lock's node says to one contender.
 *
 * @param own whether all of its own nodes are there
 * @param ahead the contenders that came before it, in no order
 * @param nearest the last of those, or null
 * @param behind whether others came after it
 * @param foreign a child that is no contender, or null
 */
record Line(
        boolean own,
        List<String> ahead,
        @Nullable String nearest,
        boolean behind,
        @Nullable String foreign) {

    private static final Pattern TWIN = Pattern.compile("_[ck]_([0-9a-f-]{32,36})(?:-lock-|__lock__)-?[0-9]+");

    /** Reads a listing, for the contender with these nodes. */
    static Line read(List<String> children, List<String> nodes) {
        long number = number(nodes);
        List<String> ahead = new ArrayList<>();
        boolean behind = false;
        String nearest = null;
        String foreign = null;
        for (String child : children) {
            if (nodes.contains(child)) {
                continue;
            }
            if (!Dialect.isContender(child)) {
                foreign = child;
                continue;
            }
            long other = Dialect.number(child);
            // Numbers that have overflowed are later ones: an attempt with such a number gives up.
            if (other >= 0 && other < number) {
                ahead.add(child);
                nearest = nearest == null || other > Dialect.number(nearest) ? child : nearest;
            } else {
                behind = true;
            }
        }
        return new Line(children.containsAll(nodes), ahead, nearest, behind, foreign);
    }

    /** Where a contender with these nodes stands: twins stand where the first of them does. */
    static long number(List<String> nodes) {
        return nodes.stream().mapToLong(Dialect::number).min().orElseThrow();
    }

    /** All contenders of a listing, in order; those whose number has overflowed come last. */
    static List<String> contenders(List<String> children) {
        return children.stream()
                .filter(Dialect::isContender)
                .sorted(Comparator.comparingLong(Line::rank).thenComparing(child -> child))
                .toList();
    }

    private static long rank(String child) {
        long number = Dialect.number(child);
        return number < 0 ? Dialect.LAST_NUMBER + 1 : number;
    }

    /** How many stand in a line: twins are one. */
    static int owners(List<String> contenders) {
        return (int) contenders.stream().map(Line::owner).distinct().count();
    }

    static boolean areTwins(String one, String other) {
        return owner(one).equals(owner(other));
    }

    /** What the names of twins have in common. */
    private static String owner(String contender) {
        Matcher twin = TWIN.matcher(contender);
        return twin.matches() ? twin.group(1).replace("-", "") : contender;
    }
}
