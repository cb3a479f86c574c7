// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the requests of one session that are under way and may be thousands. The server answers a session's requests in order, and a heartbeat behind
 * thousands of others would come too late: a session is proven by three of them, one after the other. So fewer are under way after one was answered
 * late, and by and by more after those that were not.
 *
 * <p>Safe for use by several threads; requests leave in the order in which they come, and those that nobody
 * wants any more when it is their turn do not: a server that is too slow for all would otherwise be busy with them alone.
 */
final class Window {
    private static final int WIDEST = 256;
    private static final int NARROWEST = 8;

    /** What a server that nobody has asked for anything yet surely does in time. */
    private static final int FIRST = 32;

    /** After so many answers in time there may be one more under way. */
    private static final int WIDENING = 4;

    /** Sends something. */
    @FunctionalInterface
    interface Request {
        /**
         * It is the request's turn.
         *
         * @param turn to be told of the answer
         * @return false if nothing was sent, because it is not wanted any more; of those that need not wait for their turn each is sent
         */
        boolean send(Turn turn);
    }

    private final BooleanSupplier over;
    private final LongSupplier inTimeNanos;
    private final LongSupplier clock;
    private final Deque<Request> waiting = new ArrayDeque<>();
    private int width = FIRST;
    private int underWay;
    private int answers;
    private long narrowedNanos;
    private boolean passingOn;

    /**
     * A window for a new session.
     *
     * @param over whether the session is over: nothing is sent any more
     * @param inTimeNanos how long an answer may take
     * @param clock has the time in nanoseconds
     */
    Window(BooleanSupplier over, LongSupplier inTimeNanos, LongSupplier clock) {
        this.over = over;
        this.inTimeNanos = inTimeNanos;
        this.clock = clock;
        narrowedNanos = clock.getAsLong();
    }

    /** A request that is under way. */
    final class Turn {
        private final long sentNanos = clock.getAsLong();

        /** It was answered, or never will be. Called by the one thread that answers, which holds no mutex while the session lasts. */
        void answered() {
            ended(sentNanos);
            passOn();
        }
    }

    /** Sends a request now, or when enough of those before it were answered. */
    void send(Request request) {
        enter(request, false);
    }

    /** The same, before those that wait: for a request that goes on with something that has had its turn. */
    void sendNext(Request request) {
        enter(request, true);
    }

    private void enter(Request request, boolean first) {
        synchronized (waiting) {
            if (underWay >= width || !waiting.isEmpty()) {
                if (first) {
                    waiting.addFirst(request);
                } else {
                    waiting.addLast(request);
                }
                return;
            }
            underWay++;
        }
        // Outside, because a handle that is closed answers at once, on this thread. Who sends two of which the order
        // matters does so under his own mutex, and so the others that wait have no turn here.
        send(request, new Turn());
    }

    private void send(Request request, Turn turn) {
        if (over.getAsBoolean() || !request.send(turn)) {
            synchronized (waiting) {
                underWay--;
            }
        }
    }

    private void ended(long sentNanos) {
        synchronized (waiting) {
            underWay--;
            long now = clock.getAsLong();
            if (now - sentNanos <= inTimeNanos.getAsLong()) {
                if (++answers % WIDENING == 0 && width < WIDEST) {
                    width++;
                }
            } else if (sentNanos - narrowedNanos >= 0) {
                // Those that were under way together are late together.
                narrowedNanos = now;
                width = Math.max(NARROWEST, width / 2);
            }
        }
    }

    /** Sends those whose turn it is; not from within itself, because an answer may come at once. */
    private void passOn() {
        Request next = next(true);
        while (next != null) {
            send(next, new Turn());
            next = next(false);
        }
    }

    /** The next one in the place of one that was answered; null if there is none, or if somebody else is at it. */
    private @Nullable Request next(boolean begins) {
        synchronized (waiting) {
            if (begins && passingOn) {
                return null;
            }
            Request next = underWay < width ? waiting.pollFirst() : null;
            passingOn = next != null;
            if (next != null) {
                underWay++;
            }
            return next;
        }
    }
}
