// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How messages get where they go. */
final class Delivery {
    enum Mode {
        DIRECT,
        THREAD,
        MANUAL
    }

    private final Mode mode;
    private final Runnable expire;
    private final LongSupplier nanosToNextExpiry;
    private final List<Message> pending = new ArrayList<>();
    private final LinkedBlockingQueue<Message> queue = new LinkedBlockingQueue<>();
    private @Nullable Thread thread;

    Delivery(Mode mode, Runnable expire, LongSupplier nanosToNextExpiry) {
        this.mode = mode;
        this.expire = expire;
        this.nanosToNextExpiry = nanosToNextExpiry;
    }

    boolean isManual() {
        return mode == Mode.MANUAL;
    }

    void carry(Message message) {
        switch (mode) {
            case DIRECT -> message.arrive();
            case THREAD -> {
                queue.add(message);
                start();
            }
            case MANUAL -> pending.add(message);
        }
    }

    List<Message> pending() {
        return List.copyOf(pending);
    }

    boolean remove(Message message) {
        return pending.remove(message);
    }

    void clear() {
        pending.clear();
        queue.clear();
    }

    private synchronized void start() {
        if (thread == null) {
            thread = new Thread(this::run, "scripted-store");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run() {
        try {
            while (true) {
                Message message = queue.poll(nanosToNextExpiry.getAsLong(), TimeUnit.NANOSECONDS);
                if (message == null) {
                    expire.run();
                } else {
                    message.arrive();
                }
            }
        } catch (InterruptedException e) {
            // The store is closed.
            Thread.currentThread().interrupt();
        }
    }

    synchronized void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
