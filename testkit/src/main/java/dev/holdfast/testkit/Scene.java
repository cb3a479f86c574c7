// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.HoldfastBuilder;
import dev.holdfast.Lease;
import dev.holdfast.LockListener;
import dev.holdfast.LockOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What one case works with: a store, clients on it, threads, and waits that poll. Everything ends with the case. */
final class Scene {
    private static final long POLL_NANOS = 2_000_000;

    private final StoreFixture store;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    Scene(StoreFixture store) {
        this.store = store;
    }

    StoreFixture store() {
        return store;
    }

    boolean lacks(Capability capability) {
        return store.lacks().containsKey(capability);
    }

    Duration leaseTime() {
        return store.leaseTime();
    }

    Duration callTimeout() {
        return store.callTimeout();
    }

    Duration patience() {
        return store.patience();
    }

    /** Short times, so that a case need not wait long for them. */
    LockOptions options() {
        return LockOptions.defaults()
                .withLeaseTime(store.leaseTime())
                .withPollInterval(Duration.ofMillis(10))
                .withCallTimeout(store.callTimeout());
    }

    /** Opens a client with a link of its own. */
    Client client() {
        return client(options());
    }

    /** A client whose leases outlast the case: what it leaves behind stays. */
    Client patientClient() {
        return client(options().withLeaseTime(patience().multipliedBy(3)));
    }

    /** For a case that is not about the time of a call: with thousands of them on a busy machine, one may take a second. */
    LockOptions unhurried() {
        return options().withCallTimeout(Duration.ofSeconds(5));
    }

    Client client(LockOptions options, LockListener... listeners) {
        return client(options, "", listeners);
    }

    Client client(LockOptions options, String prefix, LockListener... listeners) {
        StoreLink link = store.connect(options.leaseTime());
        HoldfastBuilder builder =
                Holdfast.builder().backend(link.backend()).options(options).prefix(prefix);
        for (LockListener listener : listeners) {
            builder.listener(listener);
        }
        return opened(new Client(store.open(builder), link));
    }

    /** Opens a backend with a link of its own, without the engine. */
    RawClient raw() {
        return opened(new RawClient(store.connect(), this));
    }

    private synchronized <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Notices from now on when the machine stands still. */
    Pulse pulse() {
        return opened(new Pulse());
    }

    /** Runs a body on a thread of its own. */
    <T extends @Nullable Object> Running<T> async(Callable<T> body) {
        return opened(new Running<>(body, store));
    }

    /** Waits until something holds. */
    void eventually(String what, Callable<Boolean> condition) {
        eventuallyHolds(() -> assertThat(condition.call()).as(what).isTrue());
    }

    /** An assertion that may not hold yet. */
    @FunctionalInterface
    interface Assertion {
        void check() throws Exception;
    }

    /** Waits until an assertion holds. */
    void eventuallyHolds(Assertion assertion) {
        long end = System.nanoTime() + patience().toNanos();
        while (true) {
            boolean last = System.nanoTime() - end > 0;
            try {
                assertion.check();
                return;
            } catch (AssertionError e) {
                if (last) {
                    throw new AssertionError("not within " + patience() + ": " + e.getMessage(), e);
                }
            } catch (Exception e) {
                throw new AssertionError("while waiting: " + e, e);
            }
            pause();
        }
    }

    /** Checks that something goes on to hold for some time. */
    void throughout(Duration time, String what, Callable<Boolean> condition) {
        long start = System.nanoTime();
        while (true) {
            long now = System.nanoTime();
            try {
                assertThat(condition.call())
                        .as("%s, %s ms after the start of %s ms", what, (now - start) / 1_000_000, time.toMillis())
                        .isTrue();
            } catch (Exception e) {
                throw new AssertionError(what + ": " + e, e);
            }
            if (now - start > time.toNanos()) {
                return;
            }
            pause();
        }
    }

    private static void pause() {
        LockSupport.parkNanos(POLL_NANOS);
        if (Thread.currentThread().isInterrupted()) {
            throw new AssertionError("the case was interrupted, usually because it took too long");
        }
    }

    /** Checks that nothing of a claim stays in the store. A withdrawal may be under way for a moment. */
    void nothingIsLeft() {
        nothingIsLeftBut(Set.of());
    }

    void nothingIsLeftBut(Set<String> before) {
        eventuallyHolds(() -> assertThat(store.residue())
                .as("what holds a lock or waits for one in the store")
                .isEqualTo(before));
    }

    <T extends @Nullable Object> T get(Future<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(patience().toMillis(), TimeUnit.MILLISECONDS);
    }

    void close() throws Exception {
        Throwable failure = null;
        while (true) {
            AutoCloseable next;
            synchronized (this) {
                next = opened.poll();
            }
            if (next == null) {
                break;
            }
            failure = closeQuietly(next, failure);
        }
        failure = closeQuietly(store, failure);
        if (failure != null) {
            throw new AssertionError("closing failed: " + failure, failure);
        }
    }

    private static @Nullable Throwable closeQuietly(AutoCloseable resource, @Nullable Throwable earlier) {
        try {
            resource.close();
            return earlier;
        } catch (Exception | AssertionError e) {
            if (earlier == null) {
                return e;
            }
            earlier.addSuppressed(e);
            return earlier;
        }
    }

    /** The lease, which must be there. */
    static Lease granted(@Nullable Lease lease) {
        if (lease == null) {
            throw new AssertionError("the lock was not granted");
        }
        return lease;
    }

    /** A client and its link. */
    record Client(Holdfast locks, StoreLink link) implements AutoCloseable {
        dev.holdfast.DistributedLock lock(String name) {
            return locks.lock(name);
        }

        /** Takes a lock that must be free. */
        Lease take(String name) {
            return granted(locks.lock(name).tryAcquire());
        }

        boolean isFree(String name) {
            Lease lease = locks.lock(name).tryAcquire();
            if (lease == null) {
                return false;
            }
            lease.release();
            return true;
        }

        @Override
        public void close() {
            locks.close();
        }
    }

    /** A body that runs on a thread of its own. */
    static final class Running<T extends @Nullable Object> implements AutoCloseable {
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private final Thread thread;
        private final Duration patience;

        private Running(Callable<T> body, StoreFixture store) {
            patience = store.patience();
            thread = store.caller(() -> {
                try {
                    result.complete(body.call());
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
            thread.start();
        }

        void interrupt() {
            thread.interrupt();
        }

        boolean isWaiting() {
            return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
        }

        boolean isDone() {
            return result.isDone();
        }

        T get() throws InterruptedException, ExecutionException, TimeoutException {
            return result.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        }

        /** What the body threw. */
        Throwable failure() throws InterruptedException, TimeoutException {
            try {
                Object value = get();
                throw new AssertionError("ended normally, with " + value);
            } catch (ExecutionException e) {
                return e.getCause() == null ? e : e.getCause();
            }
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }
}
