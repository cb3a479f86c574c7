// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

/**
 * Where a lock stands in Redis. Its own key is its name, as other programs expect it. The keys beside it start with {@code hf~}, and so does
 * the key of a lock whose name does. All of them have one hash slot, so that a script may use them together in a cluster.
 *
 * @param lock the lock: a string
 * @param line who waits: a sorted set
 * @param heard until when each of them counts as alive: a sorted set
 * @param fence the last fencing token: a string
 * @param slot the hash slot of all of them
 */
record KeyLayout(String lock, String line, String heard, String fence, int slot) {
    /** What the keys start with that are ours and no lock. */
    static final String RESERVED = "hf~";

    private static final String ESCAPED = RESERVED + "n:";

    static KeyLayout of(String name) {
        String lock = lockKey(name);
        String tail = tail(lock);
        return new KeyLayout(
                lock, RESERVED + "q" + tail, RESERVED + "d" + tail, RESERVED + "f" + tail, HashSlot.of(lock));
    }

    /** The key of the lock of a name. */
    static String lockKey(String name) {
        return name.startsWith(RESERVED) ? ESCAPED + name : name;
    }

    /** The name of the lock whose key this is, or null if it is the key of none. */
    static @org.jspecify.annotations.Nullable String nameOf(String key) {
        if (!key.startsWith(RESERVED)) {
            return key;
        }
        return key.startsWith(ESCAPED) ? key.substring(ESCAPED.length()) : null;
    }

    /**
     * What the keys beside a lock end with: no two locks have the same. A key with a tag keeps it; one without closing braces becomes a tag as
     * a whole; any other gets the tag of its slot.
     */
    private static String tail(String lock) {
        if (HashSlot.hasTag(lock)) {
            return ":" + lock;
        }
        return lock.indexOf('}') < 0 ? "{" + lock + "}" : "={" + HashSlot.tagOf(HashSlot.of(lock)) + "}" + lock;
    }
}
