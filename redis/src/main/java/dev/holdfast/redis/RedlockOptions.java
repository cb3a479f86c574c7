// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.Durations;
import java.time.Duration;

/**
 * What a URI says of independent Redis servers.
 *
 * @param servers where they are and how they are reached
 * @param maxLease the longest lease that any client takes: for so long a server that was restarted may have forgotten a vote
 */
record RedlockOptions(RedisOptions servers, Duration maxLease) {
    private static final int FEWEST = 3;
    private static final Duration MAX_LEASE = Duration.ofSeconds(60);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(24);

    /** Reads a URI. No I/O but to see whether the files of TLS are there. */
    static RedlockOptions of(BackendUri uri) {
        RedisOptions servers = RedisOptions.of(uri);
        if (servers.addresses().size() < FEWEST) {
            throw new IllegalArgumentException("The URI " + uri + " names "
                    + servers.addresses().size() + " of the servers that vote, and with fewer than " + FEWEST
                    + " none may fail: name three or five that are independent of each other, or use redis: for one");
        }
        Duration maxLease = uri.takeDuration("max-lease");
        if (maxLease == null) {
            return new RedlockOptions(servers, MAX_LEASE);
        }
        if (maxLease.compareTo(SHORTEST) < 0 || maxLease.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("The URI parameter max-lease is " + Durations.format(maxLease)
                    + "; it must be from " + Durations.format(SHORTEST) + " to " + Durations.format(LONGEST));
        }
        return new RedlockOptions(servers, maxLease);
    }

    /** How many servers must agree. */
    int quorum() {
        return servers.addresses().size() / 2 + 1;
    }
}
