// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.spi.KeySpace;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32;

/** Which keys there are, and on which server. Part of the layout: it never changes. */
final class Keys {
    /** memcached allows 250 bytes. */
    private static final KeySpace SPACE = KeySpace.of(KeySpace.PORTABLE, 200);

    private Keys() {}

    static KeySpace space() {
        return SPACE;
    }

    /** The counter of a lock. No lock has a colon in its key. */
    static String counter(String lockKey) {
        return lockKey + ":f";
    }

    /** The same servers in another order are the same list. */
    static List<InetSocketAddress> sorted(List<InetSocketAddress> servers) {
        return servers.stream()
                .sorted(Comparator.comparing(InetSocketAddress::getHostString)
                        .thenComparing(InetSocketAddress::getPort))
                .toList();
    }

    /** Which of the sorted servers has the lock and its counter. */
    static int server(String lockKey, int servers) {
        CRC32 hash = new CRC32();
        hash.update(lockKey.getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() % servers);
    }
}
