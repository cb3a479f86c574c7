// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.spi.Claim;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a key: {@code hf1|length of the name|name|label}. Others, such as {@code etcdctl lock}, leave it empty.
 *
 * @param name the full name of the lock
 * @param ownerLabel who made the key, for people
 * @param revoked whether an operator took the lock away, which its holder finds when it renews its lease
 */
record Value(String name, String ownerLabel, boolean revoked) {
    private static final String OURS = "hf1|";
    private static final String REVOKED = "hf0|";

    static String of(Claim claim) {
        return OURS + claim.name().length() + "|" + claim.name() + "|" + claim.ownerLabel();
    }

    /** Reads a value; null if it is not one of ours. */
    static @Nullable Value read(String text) {
        boolean revoked = text.startsWith(REVOKED);
        if (!revoked && !text.startsWith(OURS)) {
            return null;
        }
        int bar = text.indexOf('|', OURS.length());
        try {
            int length = Integer.parseInt(text, OURS.length(), Math.max(OURS.length(), bar), 10);
            int end = bar + 1 + length;
            if (length < 0 || end >= text.length() || text.charAt(end) != '|') {
                return null;
            }
            return new Value(text.substring(bar + 1, end), text.substring(end + 1), revoked);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** The same value, as an operator changes it to take the lock away. */
    static String revoke(String text) {
        return REVOKED + text.substring(OURS.length());
    }
}
