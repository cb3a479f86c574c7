// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Until when a session certainly lives at the leader, which alone ends sessions. A follower that hears from a client tells the leader with
 * its next ping, within one tick, and goes on answering reads when it is cut off. So what a follower answers proves nothing, but a {@code
 * sync}, which goes through the leader: everything that was sent over the same connection at least one tick before it has reached the leader
 * by then. The session lives for its timeout after that, less a margin for clocks that differ in rate.
 *
 * <p>The beginning of a session and its move to another server go through the leader themselves. All times are values of {@link
 * System#nanoTime()} before something was sent. Safe for use by several threads.
 */
final class Validity {
    private static final long LEAST_MARGIN = 25_000_000L;

    private final Deque<Long> beats = new ArrayDeque<>();
    private long tickNanos;
    private long lengthNanos;
    private int connection;
    private long answered;
    private volatile long until;

    /** A session that is asked for now; not valid before its timeout is known. */
    Validity(long sentNanos) {
        answered = sentNanos;
        until = sentNanos;
    }

    long untilNanos() {
        return until;
    }

    boolean isValid(long now) {
        return until - now > 0;
    }

    /** The session has begun, or has moved: later than the last thing that was answered over the connection before. */
    synchronized void connected(long timeoutNanos, long newTickNanos) {
        tickNanos = newTickNanos;
        lengthNanos = timeoutNanos - Math.max(timeoutNanos / 100, LEAST_MARGIN);
        beats.clear();
        extend(answered);
        connection++;
    }

    /** A sync is about to be sent over the current connection, whose number is returned. */
    synchronized int beat(long sentNanos) {
        beats.addLast(sentNanos);
        return connection;
    }

    /** A sync was answered; false if it had been sent over a connection that is gone. */
    synchronized boolean answered(int over, long sentNanos) {
        if (over != connection) {
            return false;
        }
        if (sentNanos - answered > 0) {
            answered = sentNanos;
        }
        Long heard = null;
        while (!beats.isEmpty() && sentNanos - beats.peekFirst() >= tickNanos) {
            heard = beats.removeFirst();
        }
        if (heard != null) {
            extend(heard);
        }
        return true;
    }

    private void extend(long fromNanos) {
        long newUntil = fromNanos + lengthNanos;
        if (newUntil - until > 0) {
            until = newUntil;
        }
    }
}
