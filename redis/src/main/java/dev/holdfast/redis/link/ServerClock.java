// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.link;

import org.jspecify.annotations.Nullable;

/**
 * What answers tell about a server's clock. Only differences are used, each on one clock: from two times of the server to the time that
 * passed here between them, allowing for rates that differ by one percent.
 */
public final class ServerClock {
    private static final long NOT_KNOWN = Long.MIN_VALUE;

    /** The server's clock showed {@code micros} at some time after {@code sentNanos}. */
    private record Reading(long sentNanos, long micros) {}

    private volatile @Nullable Reading last;

    ServerClock() {}

    /**
     * Takes in an answer. The first one on a new connection takes the place of what the last server said; until then requests are timed by that, because it is mostly the
     * same server, and none of them may be without an end.
     *
     * @param sentNanos when the request was sent
     * @param micros what the server's clock showed while it answered
     */
    public void answered(long sentNanos, long micros) {
        Reading before = last;
        if (before == null || sentNanos - before.sentNanos > 0) {
            last = new Reading(sentNanos, micros);
        }
    }

    /** The server on a new connection does not tell what its clock shows. */
    public void forget() {
        last = null;
    }

    /**
     * What the server's clock surely shows once a time has come here.
     *
     * @param nanos a value of {@link System#nanoTime()}
     * @return microseconds of the server, rather later than too early; {@link Long#MAX_VALUE} if the clock is not known
     */
    public long microsAfter(long nanos) {
        Reading known = last;
        if (known == null) {
            return Long.MAX_VALUE;
        }
        long passed = nanos - known.sentNanos;
        return known.micros + (passed + Math.abs(passed) / 100) / 1_000 + 1;
    }

    /**
     * When something happened at the server.
     *
     * @param micros what its clock showed
     * @return a value of {@link System#nanoTime()}, rather too early than too late; or {@link #isKnown not known}
     */
    public long nanosBefore(long micros) {
        Reading known = last;
        if (known == null) {
            return NOT_KNOWN;
        }
        long passed = (micros - known.micros) * 1_000;
        return known.sentNanos + passed - Math.abs(passed) / 100;
    }

    /**
     * Whether a result of {@link #nanosBefore} means anything.
     *
     * @param nanos the result
     * @return false if nothing was known of the clock
     */
    public static boolean isKnown(long nanos) {
        return nanos != NOT_KNOWN;
    }
}
