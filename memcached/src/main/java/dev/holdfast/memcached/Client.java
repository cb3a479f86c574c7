// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.memcached.link.Access;
import dev.holdfast.memcached.link.Node;
import dev.holdfast.memcached.link.Peer;
import dev.holdfast.memcached.link.Trust;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The servers of one client. */
final class Client {
    private static final System.Logger LOG = System.getLogger(Client.class.getName());

    private final List<Node> nodes;
    private final AtomicLong highest = new AtomicLong();
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    Client(List<InetSocketAddress> servers, Access access, @Nullable Trust trust, BackendEvents events) {
        nodes = servers.stream()
                .map(server -> new Node(server, access, trust, events::verify))
                .toList();
    }

    List<Node> nodes() {
        return nodes;
    }

    Node node(String key) {
        return nodes.get(Keys.server(key, nodes.size()));
    }

    String where() {
        return nodes.stream().map(Node::where).collect(Collectors.joining(", "));
    }

    /** Where a counter begins that is not there: at the clock, and above all that this client has seen. */
    long seed() {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        return Math.max(micros, highest.get() + 1);
    }

    void saw(long revision) {
        highest.accumulateAndGet(revision, Math::max);
    }

    /** Says once for each server that it may throw a lock away. */
    void warnOfEvictions(Claim claim, Peer peer) {
        long seconds = Lifetime.seconds(claim.leaseNanos());
        String where = node(claim.key()).where();
        if (seconds > peer.keepsSeconds() && warned.add(where)) {
            LOG.log(
                    Level.WARNING,
                    "memcached at " + where
                            + " may evict the lock ''{0}'': when its memory is full, it throws items away"
                            + " that are to stay for {1} s. Start it with -o temporary_ttl={2} or with -M, for locks only",
                    claim.name(),
                    Long.toString(seconds),
                    Long.toString(Math.max(seconds, 3_600)));
        }
    }

    void close() {
        nodes.forEach(Node::close);
    }
}
