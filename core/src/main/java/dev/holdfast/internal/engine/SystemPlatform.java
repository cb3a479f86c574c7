// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The machine's own clocks and threads. All threads are daemons and start when they are first needed. Those of executors end when they are
 * idle, that of an alarm when it is ended.
 */
final class SystemPlatform implements Platform {
    private static final int IDLE_SECONDS = 10;

    /** {@code Thread.isVirtual}, or null on a JDK that has none. */
    private static final @Nullable MethodHandle IS_VIRTUAL = isVirtual();

    @Override
    public long nanoTime() {
        long now = System.nanoTime();
        return now == Nanos.NEVER ? now - 1 : now;
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public void parkNanos(Object blocker, long nanos) {
        if (nanos == Nanos.NEVER) {
            LockSupport.park(blocker);
        } else {
            LockSupport.parkNanos(blocker, nanos);
        }
    }

    private static @Nullable MethodHandle isVirtual() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (NoSuchMethodException e) {
            return null;
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    public boolean isVirtual(Thread thread) {
        try {
            return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(thread);
        } catch (Throwable e) {
            throw new AssertionError("Thread.isVirtual throws nothing", e);
        }
    }

    @Override
    public void runWithin(Runnable task, long nanos) {
        FutureTask<@Nullable Void> run = new FutureTask<>(task, null);
        daemon("holdfast-close", run).start();
        boolean interrupted = false;
        long deadline = System.nanoTime() + nanos;
        boolean waits = true;
        while (waits) {
            try {
                run.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                waits = false;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException | TimeoutException e) {
                System.getLogger("dev.holdfast").log(System.Logger.Level.WARNING, "Closing was not finished", e);
                waits = false;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Alarm alarm(String name, Runnable ring) {
        return new ThreadAlarm("holdfast-" + name, ring);
    }

    @Override
    public Executor executor(String name) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory threads = task -> daemon("holdfast-" + name + "-" + number.incrementAndGet(), task);
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }

    /** A thread that parks until the time has come; started by the first setting. */
    private static final class ThreadAlarm implements Alarm, Runnable {
        private final String name;
        private final Runnable ring;
        private volatile long atNanos = Nanos.NEVER;
        private volatile boolean ended;
        private volatile @Nullable Thread thread;

        ThreadAlarm(String name, Runnable ring) {
            this.name = name;
            this.ring = ring;
        }

        /** Only called under the keeper's mutex, so there is one start. */
        @Override
        public void set(long newAtNanos) {
            atNanos = newAtNanos;
            Thread running = thread;
            if (running != null) {
                LockSupport.unpark(running);
            } else if (!ended) {
                start();
            }
        }

        /** If no thread can be had now, the next setting tries again: it is called under locks, where nothing may be thrown. */
        private void start() {
            Thread started = daemon(name, this);
            try {
                started.start();
                thread = started;
            } catch (OutOfMemoryError e) {
                System.getLogger("dev.holdfast").log(System.Logger.Level.ERROR, "No thread can be had for " + name, e);
            }
        }

        @Override
        public void end() {
            ended = true;
            LockSupport.unpark(thread);
        }

        @Override
        public void run() {
            while (!ended) {
                long at = atNanos;
                long left = at == Nanos.NEVER ? Nanos.NEVER : at - System.nanoTime();
                if (left > 0) {
                    park(left);
                } else {
                    atNanos = Nanos.NEVER;
                    ring.run();
                }
            }
        }

        private void park(long nanos) {
            // An interrupt would turn every park into a spin, and nothing here listens to it.
            Thread.interrupted();
            if (nanos == Nanos.NEVER) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, nanos);
            }
        }
    }
}
