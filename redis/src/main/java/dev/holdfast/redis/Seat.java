// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.spi.Claim;
import org.jspecify.annotations.Nullable;

/** What a claim has at Redis: its words in every request, and whether pushes about it are expected. */
final class Seat {
    private static final long FIRST_POLL = 50_000_000L;
    private static final long LONGEST_POLL = 500_000_000L;

    private final KeyLayout keys;
    private final String id;
    private final String lease;
    private final String label;
    private volatile boolean leaving;
    private int polls;

    private Seat(Claim claim) {
        keys = KeyLayout.of(claim.key());
        id = claim.id();
        lease = Long.toString((claim.leaseNanos() + 999_999) / 1_000_000);
        label = claim.ownerLabel();
    }

    /** The claim's own, made when it is first needed. */
    static Seat of(Claim claim) {
        Seat known = ofKnown(claim);
        if (known != null) {
            return known;
        }
        Seat seat = new Seat(claim);
        claim.attach(seat);
        return seat;
    }

    /** The claim's own, or null if it was never asked for. */
    static @Nullable Seat ofKnown(Claim claim) {
        return (Seat) claim.attachment();
    }

    KeyLayout keys() {
        return keys;
    }

    String id() {
        return id;
    }

    /** In milliseconds. */
    String lease() {
        return lease;
    }

    String label() {
        return label;
    }

    boolean isLeaving() {
        return leaving;
    }

    void leaves() {
        leaving = true;
    }

    /** How long to wait before the next look at a lock that a foreign program holds, which pushes nothing. */
    long nextPoll() {
        return Math.min(LONGEST_POLL, FIRST_POLL << Math.min(polls++, 4));
    }
}
