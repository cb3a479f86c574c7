// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Until when a session certainly lives at the leader, which alone ends sessions. A follower that hears from a client tells the leader with
 * its next answer to the leader's ping, within one tick, and goes on answering reads when it is cut off. So what a follower answers proves nothing, but a {@code
 * sync}, which goes through the leader: what was answered over the same connection at least one tick before it was sent had been read by then, and told to the
 * leader before the {@code sync}. The session lives for its timeout after that, less a margin for clocks that differ in rate. That something was only sent
 * so long before is not enough: it may have stood still on its way, and arrive together with the {@code sync}.
 *
 * <p>The beginning of a session and its move to another server go through the leader themselves. All times are values of {@link
 * System#nanoTime()}; a lease counts from before something was sent. Safe for use by several threads.
 */
final class Validity {
    private static final long LEAST_MARGIN = 25_000_000L;

    /** A sync that was answered, and does not prove anything yet. */
    private record Beat(long sentNanos, long answeredNanos) {}

    private final Deque<Beat> beats = new ArrayDeque<>();
    private long tickNanos;
    private long lengthNanos;
    private int connection;
    private volatile long until;

    /** A session that is asked for from now on; not valid before its timeout is known. */
    Validity(long nowNanos) {
        until = nowNanos;
    }

    long untilNanos() {
        return until;
    }

    /**
     * Whether the session is valid for a while: for a third of what it has beyond a tick, which is half of what the heartbeats leave it at least.
     * With less it is in doubt, and what is granted would soon be lost.
     */
    synchronized boolean isLasting(long now) {
        return until - now > Math.max(0, (lengthNanos - tickNanos) / 3);
    }

    /** The session has begun, or has moved, over a connection that the client began to open at a time. */
    synchronized void connected(long sinceNanos, long timeoutNanos, long newTickNanos) {
        tickNanos = newTickNanos;
        lengthNanos = timeoutNanos - Math.max(timeoutNanos / 100, LEAST_MARGIN);
        beats.clear();
        extend(sinceNanos);
        connection++;
    }

    /** The number of the current connection, over which a sync is about to be sent. */
    synchronized int connection() {
        return connection;
    }

    /** A sync was answered; false if it had been sent over a connection that is gone. */
    synchronized boolean answered(int over, long sentNanos, long answeredNanos) {
        if (over != connection) {
            return false;
        }
        while (!beats.isEmpty() && sentNanos - beats.peekFirst().answeredNanos() >= tickNanos) {
            extend(beats.removeFirst().sentNanos());
        }
        beats.addLast(new Beat(sentNanos, answeredNanos));
        return true;
    }

    private void extend(long fromNanos) {
        long newUntil = fromNanos + lengthNanos;
        if (newUntil - until > 0) {
            until = newUntil;
        }
    }
}
