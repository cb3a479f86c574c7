// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.spi.Claim;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the item of a lock: {@code hf1|claim|name|label}, on one line. Others, such as a client that uses {@code add}, have something of their own
 * there.
 *
 * @param claim which claim holds the lock
 * @param name the full name of the lock
 * @param ownerLabel who holds it, for people
 * @param revoked whether an operator took the lock away, which its holder finds when it renews its lease
 */
record Value(String claim, String name, String ownerLabel, boolean revoked) {
    private static final String OURS = "hf1|";
    private static final String REVOKED = "hf0|";
    private static final int PARTS = 3;

    static byte[] of(Claim claim) {
        return bytes(OURS + claim.id() + "|" + escaped(claim.name()) + "|" + escaped(claim.ownerLabel()));
    }

    /** The same value, as an operator changes it to take the lock away. */
    byte[] asRevoked() {
        return bytes(REVOKED + claim + "|" + escaped(name) + "|" + escaped(ownerLabel));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads a value, given as a character for each byte; null if it is not one of ours. */
    static @Nullable Value read(String bytes) {
        String text = new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        boolean revoked = text.startsWith(REVOKED);
        if (!revoked && !text.startsWith(OURS)) {
            return null;
        }
        String[] parts = text.substring(OURS.length()).split("\\|", -1);
        return parts.length == PARTS ? new Value(parts[0], plain(parts[1]), plain(parts[2]), revoked) : null;
    }

    /** So that a value is one line, of three parts. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character < ' ' || character == '%' || character == '|' || character == '\u007f') {
                escaped.append('%').append(String.format(Locale.ROOT, "%02x", (int) character));
            } else {
                escaped.append(character);
            }
        }
        return escaped.toString();
    }

    private static String plain(String escaped) {
        StringBuilder plain = new StringBuilder(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char character = escaped.charAt(i);
            if (character == '%' && i + 2 < escaped.length()) {
                int code = Character.digit(escaped.charAt(i + 1), 16) * 16 + Character.digit(escaped.charAt(i + 2), 16);
                plain.append((char) Math.max(0, code));
                i += 2;
            } else {
                plain.append(character);
            }
        }
        return plain.toString();
    }
}
