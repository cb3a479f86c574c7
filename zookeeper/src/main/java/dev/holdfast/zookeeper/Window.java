// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the changes and verifications of one session that are under way. The server answers a session's requests in order, and thousands of changes before a
 * heartbeat would make it too late. Safe for use by several threads; requests leave in the order in which they come, and those that nobody
 * wants any more when it is their turn do not: a server that is too slow for all would otherwise be busy with them alone.
 */
final class Window {
    private static final int MOST = 256;

    private final Deque<BooleanSupplier> waiting = new ArrayDeque<>();
    private int underWay;

    /**
     * Sends a request now, or when enough of those before it were answered.
     *
     * @param request sends, and tells each answer to {@link #answered}; or returns false, because it is not wanted any more
     */
    void send(BooleanSupplier request) {
        enter(request, false);
    }

    /** The same, before those that wait: for a request that goes on with something that has had its turn. */
    void sendNext(BooleanSupplier request) {
        enter(request, true);
    }

    private void enter(BooleanSupplier request, boolean first) {
        synchronized (waiting) {
            if (underWay >= MOST) {
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
        // matters does so
        // under his own mutex.
        if (!request.getAsBoolean()) {
            answered();
        }
    }

    /** A request was answered, or never will be. Called by the one thread that answers, which holds no mutex then. */
    void answered() {
        BooleanSupplier next;
        do {
            next = next();
        } while (next != null && !next.getAsBoolean());
    }

    /** The next one in the place of one that was answered; null if there is none, and the place is free. */
    private @Nullable BooleanSupplier next() {
        synchronized (waiting) {
            if (waiting.isEmpty()) {
                underWay--;
            }
            return waiting.pollFirst();
        }
    }
}
