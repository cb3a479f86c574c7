// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What versions of etcd can be trusted with. */
final class Versions {
    private static final Pattern VERSION = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6}).*");

    private Versions() {}

    /**
     * Whether a leader that was replaced, and has not noticed, ends no lease that its successor renews. Before 3.4.31 and 3.5.13 it does as
     * soon as it runs again, so that a lock comes free under its holder.
     */
    static boolean keepLeasesOverLeaders(String version) {
        Matcher parts = VERSION.matcher(version);
        if (!parts.matches()) {
            return false;
        }
        int major = Integer.parseInt(parts.group(1));
        int minor = Integer.parseInt(parts.group(2));
        int patch = Integer.parseInt(parts.group(3));
        if (major != 3 || minor > 5) {
            return major > 3 || minor > 5;
        }
        return minor == 5 ? patch >= 13 : minor == 4 && patch >= 31;
    }
}
