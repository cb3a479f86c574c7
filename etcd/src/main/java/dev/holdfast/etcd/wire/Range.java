// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

import java.nio.charset.StandardCharsets;

/** A question for keys. Unless it is about a revision, a member answers only once most members agree that it is up to date. */
public final class Range {
    private static final int ASCENDING = 1;
    private static final int DESCENDING = 2;
    private static final int BY_CREATION = 2;

    private final ProtoWriter message = new ProtoWriter();

    private Range(String key, String end) {
        message.bytes(1, latin1(key)).bytes(2, latin1(end));
    }

    /**
     * One key.
     *
     * @param key the key
     * @return the question
     */
    public static Range of(String key) {
        return new Range(key, "");
    }

    /**
     * All keys that start with a prefix.
     *
     * @param prefix the prefix; all keys of the store if it is empty
     * @return the question
     */
    public static Range below(String prefix) {
        return prefix.isEmpty() ? new Range("\0", "\0") : new Range(prefix, endOf(prefix));
    }

    /**
     * The keys from one to another.
     *
     * @param from the first
     * @param end the first that is not asked for
     * @return the question
     */
    public static Range between(String from, String end) {
        return new Range(from, end);
    }

    /**
     * The first key after all that start with a prefix.
     *
     * @param prefix not empty
     * @return the key; one zero byte, which stands for the end of all keys, if there is none
     */
    public static String endOf(String prefix) {
        for (int last = prefix.length() - 1; last >= 0; last--) {
            if (prefix.charAt(last) < 0xff) {
                return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
            }
        }
        return "\0";
    }

    static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * At most some keys.
     *
     * @param keys how many
     * @return this
     */
    public Range limit(int keys) {
        message.number(3, keys);
        return this;
    }

    /**
     * Those that were created last come first.
     *
     * @return this
     */
    public Range newestFirst() {
        message.number(5, DESCENDING).number(6, BY_CREATION);
        return this;
    }

    /**
     * Those that were created first come first.
     *
     * @return this
     */
    public Range oldestFirst() {
        message.number(5, ASCENDING).number(6, BY_CREATION);
        return this;
    }

    /**
     * Without the values.
     *
     * @return this
     */
    public Range keysOnly() {
        message.flag(8, true);
        return this;
    }

    /**
     * Only keys that were created up to a revision.
     *
     * @param revision the revision
     * @return this
     */
    public Range createdUpTo(long revision) {
        message.number(13, revision);
        return this;
    }

    /**
     * What was there at a revision. The member that is asked answers from what it has, or refuses if that is less, or has been compacted.
     *
     * @param revision the revision
     * @return this
     */
    public Range asOf(long revision) {
        message.number(4, revision).flag(7, true);
        return this;
    }

    ProtoWriter message() {
        return message;
    }

    /**
     * The request.
     *
     * @return its bytes
     */
    public byte[] request() {
        return message.toByteArray();
    }
}
