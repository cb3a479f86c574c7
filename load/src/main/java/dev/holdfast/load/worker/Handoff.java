// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Passes a lock to and fro between two workers. A holder lets go only when the other one has been waiting for a while, and asks again only when the
 * other one has the lock: so every grant is one that woke a waiter, whether the lock is fair or not.
 */
final class Handoff {
    private final Session session;
    private final SharedPage page;
    private final int worker;
    private final String lock;

    Handoff(Session session, SharedPage page, int worker, String prefix) {
        this.session = session;
        this.page = page;
        this.worker = worker;
        lock = prefix + 0;
    }

    /** Arguments: begin, end, and how long the other one waits before it gets the lock, in nanoseconds. */
    Reply run(List<Long> arguments) throws Exception {
        long end = arguments.get(1);
        long settled = arguments.get(2);
        int other = 1 - worker;
        Histogram latency = Times.histogram();
        page.set(SharedPage.WAITING_SINCE + worker, 0);
        page.set(SharedPage.HOLDER, -1);
        Times.sleepUntil(arguments.get(0));
        while (System.nanoTime() - end < 0) {
            page.set(SharedPage.WAITING_SINCE + worker, System.nanoTime());
            Held held = session.acquire(lock);
            long granted = System.nanoTime();
            page.set(SharedPage.WAITING_SINCE + worker, 0);
            if (page.get(SharedPage.HOLDER) == other && granted - end < 0) {
                Times.record(latency, granted - page.get(SharedPage.RELEASED_AT));
            }
            page.set(SharedPage.HOLDER, worker);
            awaitOther(other, settled, end);
            page.set(SharedPage.RELEASED_AT, System.nanoTime());
            held.release();
            while (page.get(SharedPage.HOLDER) == worker && System.nanoTime() - end < 0) {
                Times.sleepUntil(System.nanoTime() + settled / 2);
            }
        }
        return new Reply().with("latency", latency);
    }

    private void awaitOther(int other, long settled, long end) {
        while (System.nanoTime() - end < 0) {
            long since = page.get(SharedPage.WAITING_SINCE + other);
            if (since != 0 && System.nanoTime() - since >= settled) {
                return;
            }
            Times.nap();
        }
    }
}
