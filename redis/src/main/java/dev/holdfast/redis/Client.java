// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.LeaseLoss;
import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.ServerClock;
import dev.holdfast.redis.link.Words;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** This client as Redis knows it: its name, and the claims that pushes may be about. */
final class Client {
    private static final int NAME_BYTES = 10;

    private final String name;
    private final RedisOptions options;
    private final BackendEvents events;
    private final Map<String, Claim> known = new ConcurrentHashMap<>();

    Client(RedisOptions options, BackendEvents events) {
        byte[] random = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(random);
        this.name = HexFormat.of().formatHex(random);
        this.options = options;
        this.events = events;
    }

    String name() {
        return name;
    }

    RedisOptions options() {
        return options;
    }

    BackendEvents events() {
        return events;
    }

    /** The arguments that the scripts about one lock have in common: its keys, and how clients are reached. */
    Words words(Nodes nodes, KeyLayout keys) {
        return new Words(320)
                .add(keys.lock())
                .add(keys.line())
                .add(keys.heard())
                .add(keys.fence())
                .add(nodes.publishCommand())
                .add(nodes.channelPrefix(keys.slot()))
                .add(options.barging() ? "barging" : "")
                .add(name);
    }

    /** From now on pushes about the claim mean something; not if it is leaving by now. */
    void expect(Claim claim, Seat seat) {
        known.put(seat.id(), claim);
        if (seat.isLeaving()) {
            known.remove(seat.id());
        }
    }

    /** The claim leaves: nothing that is pushed about it matters any more. */
    void forget(Seat seat) {
        seat.leaves();
        known.remove(seat.id());
    }

    /** Pushes were lost, and perhaps more: every claim is to be asked about. */
    void verify() {
        events.verify();
        known.values().forEach(claim -> events.wake(claim.key()));
    }

    /** Takes a push: {@code letter|claim|...}. */
    void pushed(NodeLink from, String message) {
        String[] parts = message.split("\\|", -1);
        Claim claim = parts.length < 2 ? null : known.get(parts[1]);
        if (claim == null) {
            return;
        }
        switch (parts[0]) {
            case "g" -> granted(from.clock(), claim, parts);
            case "c" -> events.contended(claim);
            case "w" -> events.wake(claim.key());
            case "x" -> {
                forget(Seat.of(claim));
                events.gone(claim, LeaseLoss.TAKEN_OVER);
            }
            default -> {
                // A later version has more to tell.
            }
        }
    }

    /**
     * The lock was passed on to the claim. How long ago is only believed if this server's clock tells, and if less than half of the first,
     * short lease has passed since; otherwise the claim asks. It also does if replicas have to have the grant.
     */
    private void granted(ServerClock clock, Claim claim, String[] parts) {
        if (parts.length < 6) {
            return;
        }
        long now = System.nanoTime();
        long fence = Long.parseLong(parts[2]);
        long since = clock.nanosBefore(Long.parseLong(parts[3]));
        long brief = Math.min(Long.parseLong(parts[4]) * 1_000_000, claim.leaseNanos());
        boolean asks = options.replicas() > 0;
        if (asks || !ServerClock.isKnown(since) || since - now > 0 || now - since > brief / 2) {
            events.wake(claim.key());
            return;
        }
        claim.grantedBriefly(fence, since, brief, claim.leaseNanos());
        if (parts[5].equals("1")) {
            events.contended(claim);
        }
    }

    /** How many claims pushes may be about. */
    int expected() {
        return known.size();
    }
}
