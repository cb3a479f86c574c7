// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One reply of memcached.
 *
 * @param words its first line: a status such as {@code HD}, {@code VA} or {@code STORED}, and what follows it
 * @param data the block of data that follows, a character for each byte, or null if there is none
 * @param lines further lines, of statistics
 */
public record Reply(List<String> words, @Nullable String data, List<String> lines) {
    /**
     * What it says first.
     *
     * @return the status
     */
    public String status() {
        return words.get(0);
    }

    /**
     * The first line.
     *
     * @return as it was sent
     */
    public String line() {
        return String.join(" ", words);
    }

    /**
     * A flag of a meta command's reply, such as {@code c12}.
     *
     * @param name its letter
     * @return what follows the letter, or null if there is no such flag
     */
    public @Nullable String flag(char name) {
        int from = status().equals("VA") ? 2 : 1;
        for (int i = from; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.isEmpty() && word.charAt(0) == name) {
                return word.substring(1);
            }
        }
        return null;
    }

    /**
     * A flag that is a number.
     *
     * @param name its letter
     * @param otherwise the value if there is no such flag
     * @return the number
     * @throws RefusedException if it is no number
     */
    public long number(char name, long otherwise) throws RefusedException {
        String text = flag(name);
        return text == null ? otherwise : number(text);
    }

    /**
     * Reads a number of 64 bits without a sign, as memcached counts.
     *
     * @param text the number, or -1
     * @return the number
     * @throws RefusedException if it is none
     */
    long number(String text) throws RefusedException {
        try {
            return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new RefusedException(this);
        }
    }

    @Override
    public String toString() {
        return line();
    }
}
