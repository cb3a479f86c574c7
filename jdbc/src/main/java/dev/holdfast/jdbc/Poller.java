// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks for locks that came free, where no server tells: one thread and one statement at a time for all that this client waits for. Often after
 * somebody began to wait or a lock was free, because more is likely to happen, and then less and less often: a look comes late by a small part of the time since then.
 * The thread ends when nobody has waited for a while.
 */
final class Poller implements AutoCloseable {
    static final long SHORTEST = 5_000_000L;
    static final long LONGEST = 100_000_000L;

    /** The part of the time since something happened after which it looks again. */
    private static final long PART = 16;

    private static final long IDLE = TimeUnit.SECONDS.toNanos(2);
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);

    private final Database database;
    private final BooleanSupplier pushes;
    private final Predicate<String> rings;
    private final ThreadFactory threads = Lanes.factory("poll");
    private final ReentrantLock mutex = new ReentrantLock();
    private @Nullable Thread thread;
    private volatile boolean closed;
    private volatile @Nullable Waiters waiters;

    /** How many had begun to wait by the last look. */
    private volatile int seen;

    /** Rests for longer than it would for somebody who has just begun to wait. */
    private volatile boolean dozes;

    /** Has nothing to do while the server pushes, nor for a key whose doorbell rings. */
    Poller(Database database, BooleanSupplier pushes, Predicate<String> rings) {
        this.database = database;
        this.pushes = pushes;
        this.rings = rings;
    }

    /** Somebody has begun to wait, or goes on. */
    void stir(Waiters whose) {
        if (pushes.getAsBoolean()) {
            return;
        }
        waiters = whose;
        mutex.lock();
        try {
            if (thread == null && !closed) {
                thread = threads.newThread(this::run);
                thread.start();
            } else if (dozes && arrivals() != seen) {
                dozes = false;
                LockSupport.unpark(thread);
            }
        } finally {
            mutex.unlock();
        }
    }

    private void run() {
        long happened = System.nanoTime();
        long idleSince = happened;
        while (true) {
            rest((System.nanoTime() - happened) / PART);
            Waiters current = waiters;
            boolean works = current != null && !current.isEmpty() && !pushes.getAsBoolean();
            if (works) {
                idleSince = System.nanoTime();
            }
            if (ends(System.nanoTime() - idleSince > IDLE)) {
                return;
            }
            boolean free = works && current != null && poll(current);
            int arrivals = arrivals();
            if (free || arrivals != seen) {
                seen = arrivals;
                happened = System.nanoTime();
            }
        }
    }

    /** For somebody who begins to wait meanwhile it looks as soon as if it had not rested. */
    private void rest(long nanos) {
        if (nanos > SHORTEST) {
            dozes = true;
            if (arrivals() == seen) {
                LockSupport.parkNanos(jittered(Math.min(LONGEST, nanos)));
            }
            dozes = false;
            if (arrivals() == seen) {
                return;
            }
        }
        LockSupport.parkNanos(jittered(SHORTEST));
    }

    /** How many have begun to wait by now. */
    private int arrivals() {
        Waiters current = waiters;
        return current == null ? 0 : current.arrivals();
    }

    private static long jittered(long nanos) {
        return nanos + ThreadLocalRandom.current().nextLong(nanos / 5 * 2 + 1) - nanos / 5;
    }

    /** In one step with the starting of a thread, or somebody would begin to wait without any. */
    private boolean ends(boolean idle) {
        mutex.lock();
        try {
            Waiters current = waiters;
            boolean nobody = current == null || current.isEmpty() || pushes.getAsBoolean();
            if (closed || (idle && nobody)) {
                thread = null;
                return true;
            }
            return false;
        } finally {
            mutex.unlock();
        }
    }

    /** Whether a lock was free. */
    private boolean poll(Waiters current) {
        List<String> keys = current.asleep().stream().filter(rings.negate()).toList();
        if (keys.isEmpty()) {
            return false;
        }
        try {
            Set<String> busy = database.call(
                    null,
                    "look for free locks",
                    System.nanoTime() + PATIENCE,
                    session -> database.dialect().busy(session, keys));
            boolean free = false;
            for (String key : keys) {
                if (!busy.contains(key)) {
                    free = true;
                    current.wake(key);
                }
            }
            return free;
        } catch (CallFailure e) {
            if (!closed) {
                current.fail(e.fault());
            }
            return false;
        }
    }

    @Override
    public void close() {
        mutex.lock();
        try {
            closed = true;
            LockSupport.unpark(thread);
        } finally {
            mutex.unlock();
        }
    }
}
