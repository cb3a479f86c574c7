// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Until when a session certainly lives at the leader, which alone ends sessions. A follower that hears from a client tells the leader with
 * its next answer to the leader's ping, within one tick, and goes on answering when it is cut off. A leader that has been replaced may not know it either. So
 * what a server answers by itself proves nothing, but a heartbeat, which is a change that most servers agreed on: whoever leads after this leader began later than
 * it was sent, and gives every session its whole time again. What was answered over the same connection at least one tick before a second heartbeat was sent had been
 * read by then, and is passed on to the leader before that heartbeat is answered; a third, sent after that answer, comes behind it.
 * So when the third is answered, the session lives for its timeout after the sending of the first, less a margin for clocks that differ in rate. That the first was only
 * sent so long before is not enough: it may have stood still on its way, and arrive together with the others.
 *
 * <p>The beginning of a session and its move to another server go through the leader themselves, so there one heartbeat is enough, to show that it was the
 * true one. All times are values of {@link System#nanoTime()}; a lease counts from before something was sent. Safe for use by several threads.
 */
final class Validity {
    private static final long LEAST_MARGIN = 25_000_000L;

    /** Something that was sent, and is passed on, or with the leader, when a heartbeat is answered that was sent at some time or later. */
    private record Sign(long sentNanos, long provenFrom) {}

    private final Deque<Sign> read = new ArrayDeque<>();
    private final Deque<Sign> passedOn = new ArrayDeque<>();
    private long tickNanos;
    private long lengthNanos;
    private int connection;
    private volatile long until;

    /** A session that is asked for from now on; not valid before its first heartbeat was answered. */
    Validity(long nowNanos) {
        until = nowNanos;
    }

    long untilNanos() {
        return until;
    }

    /**
     * Whether the session is valid for a while: for a third of what it has beyond a tick, which is less than the heartbeats leave it
     * while they are answered soon. With less it is in doubt, and what is granted would soon be lost.
     */
    synchronized boolean isLasting(long now) {
        return until - now > Math.max(0, (lengthNanos - tickNanos) / 3);
    }

    /** The session has begun, or has moved, over a connection that the client began to open at some time. */
    synchronized void connected(long sinceNanos, long nowNanos, long timeoutNanos, long newTickNanos) {
        tickNanos = newTickNanos;
        lengthNanos = timeoutNanos - Math.max(timeoutNanos / 100, LEAST_MARGIN);
        read.clear();
        passedOn.clear();
        passedOn.add(new Sign(sinceNanos, nowNanos));
        connection++;
    }

    /** The number of the current connection, over which a heartbeat is about to be sent. */
    synchronized int connection() {
        return connection;
    }

    /** A heartbeat was answered; false if it had been sent over a connection that is gone. */
    synchronized boolean answered(int over, long sentNanos, long answeredNanos) {
        if (over != connection) {
            return false;
        }
        while (isProven(passedOn, sentNanos)) {
            extend(passedOn.remove().sentNanos());
        }
        while (isProven(read, sentNanos)) {
            passedOn.add(new Sign(read.remove().sentNanos(), answeredNanos));
        }
        read.add(new Sign(sentNanos, answeredNanos + tickNanos));
        return true;
    }

    private static boolean isProven(Deque<Sign> signs, long sentNanos) {
        Sign first = signs.peek();
        return first != null && sentNanos - first.provenFrom() >= 0;
    }

    private void extend(long fromNanos) {
        long newUntil = fromNanos + lengthNanos;
        if (newUntil - until > 0) {
            until = newUntil;
        }
    }
}
