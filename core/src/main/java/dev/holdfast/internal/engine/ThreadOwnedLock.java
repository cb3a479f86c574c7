// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.Lease;
import dev.holdfast.internal.engine.ThreadHolds.Hold;
import dev.holdfast.spi.Printable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** The reentrant view of a lock that belongs to threads. Holds no state: all views of a name in a client are one lock. */
final class ThreadOwnedLock implements Lock {
    private final NamedLock lock;
    private final ThreadHolds holds;

    ThreadOwnedLock(NamedLock lock, ThreadHolds holds) {
        this.lock = lock;
        this.holds = holds;
    }

    @Override
    public void lock() {
        if (!reenter()) {
            begin(lock.acquireUninterruptibly());
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before waiting for " + Printable.quoted(lock.name()));
        }
        if (!reenter()) {
            begin(lock.acquire());
        }
    }

    @Override
    public boolean tryLock() {
        return reenter() || begin(lock.tryAcquire());
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before waiting for " + Printable.quoted(lock.name()));
        }
        return reenter() || begin(lock.tryAcquire(Duration.ofNanos(Math.max(0, unit.toNanos(time)))));
    }

    @Override
    public void unlock() {
        Hold hold = holds.of(lock.name());
        if (hold == null) {
            throw new IllegalMonitorStateException(
                    "The current thread does not hold the lock " + Printable.quoted(lock.name()) + " through a view");
        }
        if (--hold.depth > 0) {
            return;
        }
        holds.end(lock.name());
        hold.lease.release();
        if (hold.lease.loss() != null) {
            throw hold.lease.lostException("was unlocked too late");
        }
    }

    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException("A distributed lock has no conditions");
    }

    private boolean reenter() {
        Hold hold = holds.of(lock.name());
        if (hold == null) {
            return false;
        }
        if (!hold.lease.isHeld()) {
            throw hold.lease.lostException("cannot be entered again");
        }
        if (hold.depth == Integer.MAX_VALUE) {
            throw new Error("Maximum lock count exceeded");
        }
        hold.depth++;
        return true;
    }

    private boolean begin(@Nullable Lease lease) {
        if (lease == null) {
            return false;
        }
        holds.begin(lock.name(), (Ticket) lease);
        return true;
    }

    @Override
    public String toString() {
        return lock + ".asJavaLock()";
    }
}
