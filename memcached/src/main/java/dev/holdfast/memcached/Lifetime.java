// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.memcached.wire.Item;
import dev.holdfast.spi.Claim;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long items are to stay, and what that is worth. memcached counts in seconds, by a clock that it reads once a second: an item that is to stay for n seconds stays
 * for as little as n - 1, and less if that look at the clock is late, on a server that has too much to do.
 */
final class Lifetime {
    static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

    /** What is more than 30 days is taken for a date. */
    private static final long LONGEST_SECONDS = 30L * 24 * 60 * 60;

    /** One second for the clock that is read once a second, and one for a look at it that is late. */
    private static final long MORE_SECONDS = 2;

    static final Duration LONGEST_LEASE = Duration.ofSeconds(LONGEST_SECONDS - MORE_SECONDS);

    private static final long SECOND = 1_000_000_000L;

    /**
     * From when on an answer is slow. A server that was stopped may put an item by the time at which it was stopped, and read its clock right after: such an item
     * ends too early. So after a slow answer it is asked once more how long the item stays. It may still be by its old clock then, but a renewal, at a third of
     * the lease, puts that right, unless the server was stopped for most of a lease.
     */
    private static final long SLOW = 100_000_000L;

    private Lifetime() {}

    /** How long the item of a lease is to stay. */
    static long seconds(long leaseNanos) {
        return (leaseNanos + SECOND - 1) / SECOND + MORE_SECONDS;
    }

    /** How long an item is to stay that is put anew for the rest of its time. */
    static long rest(long seconds) {
        return Math.min(LONGEST_SECONDS, seconds + 1);
    }

    static boolean isSlow(long sentNanos, long answeredNanos) {
        return answeredNanos - sentNanos > SLOW;
    }

    /**
     * Whether an item is a claim's and outlives its lease.
     *
     * @param item what was found
     * @param claim the claim
     * @param lookedNanos when the server was asked
     * @param sentNanos when the request was sent that set the expiry
     */
    static boolean keeps(@Nullable Item item, Claim claim, long lookedNanos, long sentNanos) {
        Value value = item == null ? null : Value.read(item.value());
        if (item == null || value == null || value.revoked() || !value.claim().equals(claim.id())) {
            return false;
        }
        long left = claim.leaseNanos() - (lookedNanos - sentNanos);
        return item.seconds() == Item.UNKNOWN || (item.seconds() - 1) * SECOND >= left;
    }
}
