// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.link;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The words of a command as they travel: each with its length before it. Not thread-safe. */
public final class Words {
    private static final int LONGEST_LENGTH = 14;

    private byte[] bytes;
    private int size;
    private int count;

    /**
     * No words yet.
     *
     * @param capacity how many bytes they will probably need
     */
    public Words(int capacity) {
        bytes = new byte[capacity];
    }

    /**
     * The words of a command.
     *
     * @param words the command's name and arguments
     * @return the words
     */
    public static Words of(String... words) {
        Words all = new Words(64);
        for (String word : words) {
            all.add(word);
        }
        return all;
    }

    /**
     * Adds a word.
     *
     * @param word in UTF-8
     * @return this
     */
    public Words add(byte[] word) {
        reserve(word.length + LONGEST_LENGTH);
        length(word.length);
        System.arraycopy(word, 0, bytes, size, word.length);
        size += word.length;
        return end();
    }

    /**
     * Adds a word.
     *
     * @param word the word
     * @return this
     */
    @SuppressWarnings("deprecation") // The low bytes of a text that is ASCII are the text.
    public Words add(String word) {
        int length = word.length();
        for (int i = 0; i < length; i++) {
            if (word.charAt(i) > 127) {
                return add(word.getBytes(StandardCharsets.UTF_8));
            }
        }
        reserve(length + LONGEST_LENGTH);
        length(length);
        word.getBytes(0, length, bytes, size);
        size += length;
        return end();
    }

    /**
     * Adds a number.
     *
     * @param number the number
     * @return this
     */
    public Words add(long number) {
        return add(Long.toString(number));
    }

    private void length(int length) {
        bytes[size++] = '$';
        digits(length);
        line();
    }

    private void digits(int number) {
        if (number >= 10) {
            digits(number / 10);
        }
        bytes[size++] = (byte) ('0' + number % 10);
    }

    private void line() {
        bytes[size++] = '\r';
        bytes[size++] = '\n';
    }

    private Words end() {
        line();
        count++;
        return this;
    }

    private void reserve(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    /**
     * How many words there are.
     *
     * @return the number of words
     */
    public int count() {
        return count;
    }

    /**
     * How many bytes they have on the wire.
     *
     * @return the number of bytes
     */
    int size() {
        return size;
    }

    byte[] bytes() {
        return bytes;
    }
}
