// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the nodes of contenders are named, which decides what other libraries take for a contender. */
enum Dialect {
    /** {@code _c_<uuid>-lock-<number>}: Curator and the libraries for Go see it, and kazoo when it is told to. */
    CURATOR(true, false),
    /** Both kinds of names, in one transaction: for unmodified kazoo beside the others. */
    TWIN(true, true),
    /** {@code _k_<uuid>__lock__<number>}: for kazoo alone. */
    KAZOO(false, true);

    /** The number with which no further name can be made: the counter of the parent, a signed one of 32 bits, sticks here or wraps. */
    static final long LAST_NUMBER = Integer.MAX_VALUE;

    private static final Pattern CONTENDER = Pattern.compile("(?:lock-|__lock__)(-?[0-9]{10,})");

    private final boolean curator;
    private final boolean kazoo;

    Dialect(boolean curator, boolean kazoo) {
        this.curator = curator;
        this.kazoo = kazoo;
    }

    /** What the parameter of the URI calls it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What the names of an attempt start with; the server appends the number. No name starts with a digit, which would block Curator. */
    List<String> prefixes(String guid) {
        String forCurator = "_c_" + guid + "-lock-";
        String forKazoo = "_k_" + guid.replace("-", "") + "__lock__";
        return curator ? kazoo ? List.of(forCurator, forKazoo) : List.of(forCurator) : List.of(forKazoo);
    }

    /** Whether a child of a lock's node stands in its line, whatever library made it. */
    static boolean isContender(String child) {
        return numberOrNothing(child) != null;
    }

    /** The number of a contender; negative or {@link #LAST_NUMBER} when the counter has overflowed. */
    static long number(String child) {
        Long number = numberOrNothing(child);
        if (number == null) {
            throw new IllegalArgumentException(child + " is no contender");
        }
        return number;
    }

    private static @org.jspecify.annotations.Nullable Long numberOrNothing(String child) {
        // From the end: a uuid has what looks like parts of a name too.
        int start = Math.max(child.lastIndexOf("lock-"), child.lastIndexOf("__lock__"));
        if (start < 0) {
            return null;
        }
        Matcher matcher = CONTENDER.matcher(child).region(start, child.length());
        if (!matcher.matches() || matcher.group(1).length() > 18) {
            return null;
        }
        return Long.valueOf(matcher.group(1));
    }
}
