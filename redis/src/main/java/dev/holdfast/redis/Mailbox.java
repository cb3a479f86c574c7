// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after the other, on whichever thread brings one while none runs. So what several servers answer at once changes one state
 * at a time, no lock is held while a claim is told something, and a task that brings another one does not run it inside itself.
 */
final class Mailbox {
    private static final System.Logger LOG = System.getLogger("dev.holdfast.redis");

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger left = new AtomicInteger();

    void post(Runnable task) {
        tasks.add(task);
        if (left.getAndIncrement() == 0) {
            do {
                run(tasks.poll());
            } while (left.decrementAndGet() != 0);
        }
    }

    /** A defect in one must not stop the others. */
    private static void run(@org.jspecify.annotations.Nullable Runnable task) {
        if (task == null) {
            return;
        }
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "What a Redis server answered could not be taken", e);
        }
    }
}
