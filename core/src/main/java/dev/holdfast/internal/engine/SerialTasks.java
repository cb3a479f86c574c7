// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs tasks one at a time and in order, on the callback threads. */
final class SerialTasks {
    private final Consumer<Runnable> callback;
    private final ReentrantLock mutex = new ReentrantLock();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    /**
     * @param callback runs a task on a callback thread, and logs what it throws
     */
    SerialTasks(Consumer<Runnable> callback) {
        this.callback = callback;
    }

    /** Adds a task; true if the caller has to {@link #start} the running of it, where user code may be called. */
    boolean add(Runnable task) {
        mutex.lock();
        try {
            tasks.add(task);
            boolean starts = !running;
            running = true;
            return starts;
        } finally {
            mutex.unlock();
        }
    }

    void start() {
        callback.accept(this::runNext);
    }

    private void runNext() {
        Runnable task = next();
        if (task != null) {
            try {
                task.run();
            } finally {
                // Again as a task of its own: whatever this one threw, the next is told.
                callback.accept(this::runNext);
            }
        }
    }

    private @Nullable Runnable next() {
        mutex.lock();
        try {
            Runnable task = tasks.poll();
            running = task != null;
            return task;
        } finally {
            mutex.unlock();
        }
    }
}
