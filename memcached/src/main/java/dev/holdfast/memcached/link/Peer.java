// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.link;

import dev.holdfast.memcached.wire.Dialect;

/**
 * What a server is, as it was found when a connection was made.
 *
 * @param version what it says of itself
 * @param dialect how to speak to it
 * @param keepsSeconds items that are to stay for no longer than this are never evicted
 */
public record Peer(String version, Dialect dialect, long keepsSeconds) {
    /** Nothing is ever evicted. */
    public static final long KEEPS_ALL = Long.MAX_VALUE;
}
