// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;

/**
 * Which keys a store can hold readably. A name out of {@code readable} characters and not longer than {@code maxLength} is its own key;
 * any other becomes a readable beginning, {@code ~}, and the base32 of its SHA-256. No readable key contains {@code ~}, so two names
 * never share a key, and one name always has the same. Part of the layout in every store: it never changes.
 *
 * <p>Where {@code /} is readable, as on ZooKeeper and etcd, it stands between the parts of a path: a name with a part that is empty,
 * {@code .} or {@code ..} is not its own key, and a hashed key is always a single part. So no key leads out of its directory.
 *
 * <p>Immutable.
 */
public final class KeySpace {
    /** Every name is its own key. */
    public static final KeySpace ANY = new KeySpace(0, 0, Integer.MAX_VALUE);

    /**
     * The characters that mean the same in every store: a file system that ignores case, a column of whatever collation, a text
     * protocol.
     */
    public static final String PORTABLE = "abcdefghijklmnopqrstuvwxyz0123456789._-";

    /** What a hashed key is made of besides {@code ~}. */
    private static final String HASHED = "abcdefghijklmnopqrstuvwxyz234567_";

    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int MIN_LENGTH = 64;
    private static final int LONGEST_BEGINNING = 40;
    private static final int HASH_LENGTH = 52;

    /** One bit for each of the characters 0 to 63 and 64 to 127. */
    private final long low;

    private final long high;
    private final int maxLength;

    private KeySpace(long low, long high, int maxLength) {
        this.low = low;
        this.high = high;
        this.maxLength = maxLength;
    }

    /**
     * The keys out of some characters.
     *
     * @param readable the characters that are allowed, for example {@link #PORTABLE} or {@code PORTABLE + "/"}: printable ASCII with
     *     {@code [a-z2-7_]} and without {@code ~}, which must be possible in the store all the same
     * @param maxLength how long a key may be, at least 64 characters
     * @return the key space
     * @throws IllegalArgumentException if the characters or the length are not as said
     */
    public static KeySpace of(String readable, int maxLength) {
        Objects.requireNonNull(readable, "readable");
        if (maxLength < MIN_LENGTH) {
            throw new IllegalArgumentException(
                    "A key must be allowed at least " + MIN_LENGTH + " characters, not " + maxLength);
        }
        long low = 0;
        long high = 0;
        for (int i = 0; i < readable.length(); i++) {
            char character = readable.charAt(i);
            if (character < ' ' || character >= '~') {
                throw new IllegalArgumentException("Readable characters are printable ASCII without ~, not "
                        + Printable.quoted(String.valueOf(character)));
            }
            if (character < 64) {
                low |= 1L << character;
            } else {
                high |= 1L << (character - 64);
            }
        }
        KeySpace keys = new KeySpace(low, high, maxLength);
        for (int i = 0; i < HASHED.length(); i++) {
            if (!keys.allows(HASHED.charAt(i))) {
                throw new IllegalArgumentException(
                        "Readable characters must include [a-z2-7_], of which hashed keys are" + " made; "
                                + HASHED.charAt(i) + " is missing");
            }
        }
        return keys;
    }

    /**
     * The key of a lock. Does no I/O.
     *
     * @param name the full name
     * @return the name itself where that is possible, otherwise a hashed key; at most {@code maxLength} long, and the same for ever
     * @throws IllegalArgumentException if the name has to be hashed and is not valid UTF-16 (has a lone surrogate)
     */
    public String keyOf(String name) {
        if (this == ANY || readable(name)) {
            return name;
        }
        StringBuilder key = new StringBuilder(LONGEST_BEGINNING + 1 + HASH_LENGTH);
        int longest = Math.min(LONGEST_BEGINNING, maxLength - HASH_LENGTH - 1);
        for (int i = 0; i < name.length() && key.length() < longest; ) {
            int character = name.codePointAt(i);
            key.append(replacement(character));
            i += Character.charCount(character);
        }
        appendHash(key.append('~'), name);
        return key.toString();
    }

    private boolean readable(String name) {
        if (name.length() > maxLength) {
            return false;
        }
        int part = 0;
        for (int i = 0; i < name.length(); i++) {
            char character = name.charAt(i);
            if (!allows(character)) {
                return false;
            }
            if (character == '/') {
                if (!possiblePart(name, part, i)) {
                    return false;
                }
                part = i + 1;
            }
        }
        return possiblePart(name, part, name.length());
    }

    private static boolean possiblePart(String name, int from, int to) {
        int length = to - from;
        boolean dots = length <= 2 && name.startsWith("..".substring(0, length), from);
        return length > 0 && !dots;
    }

    private boolean allows(int character) {
        if (character < 64) {
            return (low >>> character & 1) != 0;
        }
        return character < 128 && (high >>> (character - 64) & 1) != 0;
    }

    private char replacement(int character) {
        if (character == '/') {
            return '_';
        }
        if (allows(character)) {
            return (char) character;
        }
        // ASCII only: how other letters are lower-cased depends on the Unicode version of the JDK.
        return character >= 'A' && character <= 'Z' ? (char) (character + 'a' - 'A') : '_';
    }

    private static void appendHash(StringBuilder key, String name) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
        digest.update(utf8(name));
        long bits = 0;
        int count = 0;
        for (byte octet : digest.digest()) {
            bits = (bits << 8) | (octet & 0xff);
            for (count += 8; count >= 5; count -= 5) {
                key.append(BASE32.charAt((int) (bits >>> (count - 5)) & 31));
            }
        }
        key.append(BASE32.charAt((int) (bits << (5 - count)) & 31));
    }

    /** Not {@link String#getBytes}, which turns every lone surrogate into the same question mark. */
    private static ByteBuffer utf8(String name) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("The name " + Printable.quoted(name) + " is not valid UTF-16", e);
        }
    }
}
