// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.names;

import dev.holdfast.spi.Printable;
import java.util.Locale;

/** Which names a lock may have: 1 to 1,024 bytes of valid UTF-8. Checked before any I/O, and without garbage for a name that is. */
public final class LockNames {
    /** How many bytes of UTF-8 a name may have. */
    public static final int MAX_BYTES = 1024;

    /** How many bytes of UTF-8 the prefix may have that a client puts before every name. It does not count as part of the name. */
    public static final int MAX_PREFIX_BYTES = 256;

    private LockNames() {}

    /**
     * Checks a name.
     *
     * @param name the name
     * @return the same name
     * @throws IllegalArgumentException if it is not 1 to 1,024 bytes of valid UTF-8; the message says what is wrong
     */
    public static String check(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("The name of a lock is empty; it must have 1 to 1,024 bytes of UTF-8");
        }
        checkText("The name of a lock", name, MAX_BYTES);
        return name;
    }

    /**
     * Checks what a client puts before every name.
     *
     * @param prefix the prefix, perhaps empty
     * @return the same prefix
     * @throws IllegalArgumentException if it is not at most 256 bytes of valid UTF-8; the message says what is wrong
     */
    public static String checkPrefix(String prefix) {
        checkText("The prefix of names", prefix, MAX_PREFIX_BYTES);
        return prefix;
    }

    /**
     * Checks what listed names start with.
     *
     * @param start the beginning, perhaps empty
     * @return the same beginning
     * @throws IllegalArgumentException if no name can start with it, because it is not at most 1,024 bytes of valid UTF-8; the message
     *     says what is wrong
     */
    public static String checkStart(String start) {
        checkText("The beginning of the names to list", start, MAX_BYTES);
        return start;
    }

    private static void checkText(String what, String text, int maxBytes) {
        int length = text.length();
        int at = 0;
        while (at < length && text.charAt(at) < 0x80) {
            at++;
        }
        if (at < length || length > maxBytes) {
            checkBytes(what, text, maxBytes, at);
        }
    }

    private static void checkBytes(String what, String text, int maxBytes, int ascii) {
        long bytes = ascii;
        for (int at = ascii; at < text.length(); at++) {
            char unit = text.charAt(at);
            if (!Character.isSurrogate(unit)) {
                bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
            } else if (Character.isHighSurrogate(unit)
                    && at + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(at + 1))) {
                bytes += 4;
                at++;
            } else {
                throw new IllegalArgumentException(what + " has half of a surrogate pair at index " + at
                        + ", which has no form in UTF-8: " + Printable.quoted(text));
            }
        }
        if (bytes > maxBytes) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%s has %,d bytes of UTF-8; at most %,d are allowed: %s",
                    what,
                    bytes,
                    maxBytes,
                    Printable.quoted(text)));
        }
    }
}
