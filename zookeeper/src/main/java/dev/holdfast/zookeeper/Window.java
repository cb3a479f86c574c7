// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds the changes of one session that are under way. The server answers a session's requests in order, and thousands of changes before a
 * heartbeat would make it too late. Safe for use by several threads; requests leave in the order in which they come.
 */
final class Window {
    private static final int MOST = 256;

    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int underWay;

    /** Sends a request now, or when enough of those before it were answered. Each answer is to be told to {@link #answered}. */
    void send(Runnable request) {
        synchronized (waiting) {
            if (underWay >= MOST) {
                waiting.addLast(request);
                return;
            }
            underWay++;
        }
        // Outside, because a handle that is closed answers at once, on this thread. Who sends two of which the order
        // matters does so
        // under his own mutex.
        request.run();
    }

    /** A request was answered, or never will be. Called by the one thread that answers. */
    void answered() {
        Runnable next;
        synchronized (waiting) {
            next = waiting.pollFirst();
            if (next == null) {
                underWay--;
                return;
            }
        }
        next.run();
    }
}
