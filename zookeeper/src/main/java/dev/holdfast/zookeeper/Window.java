// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.zookeeper.KeeperException.Code;
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
    private final Object mutex = new Object();
    private final Deque<Request> waiting = new ArrayDeque<>();
    private final Deque<Request> goingOn = new ArrayDeque<>();
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
        void answered(Code code) {
            ended(sentNanos, !Faults.isUnknown(code));
            passOn();
        }
    }

    /** Sends a request now, or when enough of those before it were answered. */
    void send(Request request) {
        enter(request, waiting);
    }

    /** The same, before those that wait: for a request that goes on with something that has had its turn. */
    void sendNext(Request request) {
        enter(request, goingOn);
    }

    private void enter(Request request, Deque<Request> line) {
        synchronized (mutex) {
            if (underWay >= width || !goingOn.isEmpty() || !waiting.isEmpty()) {
                line.add(request);
                return;
            }
            underWay++;
        }
        // Outside, because a handle that is closed answers at once, on this thread. Who sends two of which the order
        // matters does so under his own mutex, and so the others that wait have no turn here.
        sendNow(request);
    }

    private void sendNow(Request request) {
        boolean sent = false;
        try {
            sent = !over.getAsBoolean() && request.send(new Turn());
        } finally {
            if (!sent) {
                synchronized (mutex) {
                    underWay--;
                }
            }
        }
    }

    private void ended(long sentNanos, boolean answered) {
        synchronized (mutex) {
            underWay--;
            long now = clock.getAsLong();
            if (!answered) {
                // That a connection broke says nothing about how much the server can do.
                return;
            }
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
        synchronized (mutex) {
            if (passingOn) {
                return;
            }
            passingOn = true;
        }
        boolean done = false;
        try {
            for (Request next = next(); next != null; next = next()) {
                sendNow(next);
            }
            done = true;
        } finally {
            if (!done) {
                // A defect, which is for the caller; the others go on with the next answer.
                synchronized (mutex) {
                    passingOn = false;
                }
            }
        }
    }

    /** The next one in the place of one that was answered; null if there is none, and nobody is passing on any more. */
    private @Nullable Request next() {
        synchronized (mutex) {
            Request next = underWay >= width ? null : goingOn.isEmpty() ? waiting.poll() : goingOn.poll();
            if (next == null) {
                passingOn = false;
            } else {
                underWay++;
            }
            return next;
        }
    }
}
