// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One worker holds a lock; many callers in another, or in the same one, wait for it. */
final class IdleWaiters {
    private static final long PATIENCE_SECONDS = 120;

    private final Session session;
    private final String lock;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private @Nullable Held held;
    private int count;
    private CountDownLatch waiting = new CountDownLatch(0);

    IdleWaiters(Session session, String prefix) {
        this.session = session;
        lock = prefix + 0;
    }

    Reply hold(List<Long> arguments) throws Exception {
        held = session.acquire(lock);
        return new Reply();
    }

    Reply free(List<Long> arguments) throws Exception {
        if (held == null) {
            throw new IllegalStateException("the lock is not held");
        }
        held.release();
        held = null;
        return new Reply();
    }

    /** Argument: how many wait. */
    Reply await(List<Long> arguments) {
        count = Math.toIntExact(arguments.get(0));
        CountDownLatch latch = new CountDownLatch(count);
        waiting = latch;
        for (int i = 0; i < count; i++) {
            session.acquireLater(lock).whenComplete((grant, problem) -> {
                if (problem == null) {
                    release(grant);
                } else {
                    failure.compareAndSet(null, problem);
                }
                latch.countDown();
            });
        }
        return new Reply();
    }

    private void release(Held grant) {
        try {
            grant.release();
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    /** To be called while the lock is held. */
    Reply checkThatAllWait(List<Long> arguments) throws Exception {
        if (waiting.getCount() != count || failure.get() != null) {
            throw new IllegalStateException(
                    (count - waiting.getCount()) + " waiters ended while the lock was held", failure.get());
        }
        return new Reply();
    }

    /** Waits until every waiter had the lock. */
    Reply drain(List<Long> arguments) throws Exception {
        if (!waiting.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(waiting.getCount() + " of " + count
                    + " waiters did not get the lock within " + PATIENCE_SECONDS + " s after it was free");
        }
        if (failure.get() != null) {
            throw new IllegalStateException("a waiter failed", failure.get());
        }
        return new Reply();
    }
}
