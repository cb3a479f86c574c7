// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.broken;

import dev.holdfast.testkit.StoreLink;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The wire between a client and a {@link SmallStore}: one thread, on which requests arrive and replies are delivered in order. */
final class SmallLink implements StoreLink {
    private final ExecutorService wire = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "small-wire");
        thread.setDaemon(true);
        return thread;
    });
    private final SmallBackend backend;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicBoolean loseNext = new AtomicBoolean();
    private final AtomicBoolean holdNext = new AtomicBoolean();
    private final AtomicBoolean duplicateNext = new AtomicBoolean();
    private final Queue<Runnable> late = new ArrayDeque<>();
    private @Nullable Supplier<Runnable> held;
    private volatile boolean silent;
    private volatile boolean stalled;
    private volatile boolean deaf;

    SmallLink(SmallStore store, Defect defect) {
        backend = new SmallBackend(store, this, defect);
    }

    /** Sends a request. {@code exchange} applies it at the store and returns what to do with the reply. */
    void send(Supplier<Runnable> exchange) {
        requests.incrementAndGet();
        onWire(() -> {
            if (silent) {
                return;
            }
            if (holdNext.getAndSet(false)) {
                held = exchange;
                return;
            }
            Runnable reply = exchange.get();
            if (duplicateNext.getAndSet(false)) {
                reply = exchange.get();
            }
            if (!loseNext.getAndSet(false)) {
                deliver(reply);
            }
        });
    }

    private void deliver(Runnable message) {
        if (stalled) {
            late.add(message);
        } else if (!silent) {
            message.run();
        }
    }

    private void push(Runnable message) {
        onWire(() -> {
            if (!deaf) {
                deliver(message);
            }
        });
    }

    private void onWire(Runnable task) {
        try {
            wire.execute(task);
        } catch (RejectedExecutionException e) {
            // The client has closed: there is nobody on the other side of the wire.
            silent = true;
        }
    }

    void pushGrant(String id, long revision, long leaseNanos) {
        push(() -> backend.grantPushed(id, revision, leaseNanos));
    }

    void pushContended(String id) {
        push(() -> backend.contendedPushed(id));
    }

    void close() {
        wire.shutdown();
    }

    @Override
    public SmallBackend backend() {
        return backend;
    }

    @Override
    public void silence() {
        silent = true;
    }

    @Override
    public void stall() {
        stalled = true;
    }

    @Override
    public void heal() {
        silent = false;
        deaf = false;
        onWire(() -> {
            stalled = false;
            while (!late.isEmpty()) {
                late.remove().run();
            }
        });
    }

    @Override
    public void loseNextReply() {
        loseNext.set(true);
    }

    @Override
    public void holdNextRequest() {
        holdNext.set(true);
    }

    @Override
    public void deliverHeldRequest() {
        CountDownLatch done = new CountDownLatch(1);
        onWire(() -> {
            Supplier<Runnable> exchange = held;
            if (exchange != null) {
                held = null;
                deliver(exchange.get());
            }
            done.countDown();
        });
        try {
            done.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void duplicateNextRequest() {
        duplicateNext.set(true);
    }

    @Override
    public void dropPushes() {
        deaf = true;
    }

    @Override
    public long requests() {
        return requests.get();
    }
}
