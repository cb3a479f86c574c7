// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Chunks under way. Its thread starts with the first of them: most connections are never delayed. */
final class DelayLine {
    /** Beyond this the sender waits, as on a line that is full. */
    private static final int CAPACITY = 64 * 1024 * 1024;

    /** Where chunks come out. Null is the end of the stream. */
    @FunctionalInterface
    interface Exit {
        void deliver(byte @Nullable [] chunk, int length);
    }

    private static final class Item {
        private final byte @Nullable [] chunk;
        private final long dueNanos;

        private Item(byte @Nullable [] chunk, long dueNanos) {
            this.chunk = chunk;
            this.dueNanos = dueNanos;
        }

        private int length() {
            return chunk == null ? -1 : chunk.length;
        }
    }

    private final Exit exit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Item> items = new ArrayDeque<>();
    private long queuedBytes;
    private boolean delivering;
    private boolean started;
    private boolean closed;

    DelayLine(Exit exit) {
        this.exit = exit;
    }

    /** Whether nothing is under way, so that a chunk without a delay cannot overtake any. */
    boolean isIdle() {
        lock.lock();
        try {
            return items.isEmpty() && !delivering;
        } finally {
            lock.unlock();
        }
    }

    void add(byte @Nullable [] chunk, long delayNanos) throws InterruptedException {
        Item item = new Item(chunk, System.nanoTime() + delayNanos);
        lock.lock();
        try {
            while (queuedBytes > CAPACITY && !closed) {
                changed.await();
            }
            items.add(item);
            queuedBytes += Math.max(item.length(), 0);
            changed.signalAll();
            if (!started) {
                started = true;
                Thread thread = new Thread(this::run, Thread.currentThread().getName() + "-delay");
                thread.setDaemon(true);
                thread.start();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is still under way is lost. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (Item item = next(); item != null; item = next()) {
                exit.deliver(item.chunk, item.length());
            }
        } catch (InterruptedException e) {
            close();
        }
    }

    /** Waits until an item is due; null when the line was closed. */
    private @Nullable Item next() throws InterruptedException {
        lock.lock();
        try {
            delivering = false;
            while (!closed) {
                Item first = items.peek();
                if (first == null) {
                    changed.await();
                    continue;
                }
                long wait = first.dueNanos - System.nanoTime();
                if (wait <= 0) {
                    items.remove();
                    queuedBytes -= Math.max(first.length(), 0);
                    delivering = true;
                    changed.signalAll();
                    return first;
                }
                changed.awaitNanos(wait);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }
}
