// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.wire;

/**
 * What stands under a key.
 *
 * @param value the value, a character for each byte
 * @param cas its version: no two items that a server ever stored since it was started have the same
 * @param seconds how long it stays, {@link #FOR_EVER}, or {@link #UNKNOWN}
 */
public record Item(String value, long cas, long seconds) {
    /** It does not go away by itself. */
    public static final long FOR_EVER = -1;

    /** The dialect does not tell. */
    public static final long UNKNOWN = Long.MIN_VALUE;
}
