// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import dev.holdfast.internal.engine.Platform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One machine of a test. Its clocks follow a {@link ManualTime}, its alarms ring and its executors run their tasks only when they are
 * told to. A thread that parks on it really parks, until it is unparked or time is moved past its deadline.
 *
 * <p>The monotonic clock starts five seconds before it overflows, so that arithmetic which does not bear that shows.
 */
@SuppressWarnings("exports") // The engine is open to the testkit only, and so are the tests that need this.
public final class ManualPlatform implements Platform {
    private static final long BEFORE_OVERFLOW = Long.MAX_VALUE - 5_000_000_000L;
    private static final long WALL_AT_START = 1_700_000_000_000L;

    private final String name;
    private final ManualClock clock;
    private final List<Task> tasks = new ArrayList<>();
    private final Map<Thread, Long> parked = new ConcurrentHashMap<>();
    private final AtomicLong wallShift = new AtomicLong();
    private volatile @Nullable Runnable parking;
    private volatile LongUnaryOperator random = bound -> bound / 2;

    /**
     * A machine whose clock runs at the true rate.
     *
     * @param name for the descriptions of steps
     * @param time the true time
     */
    public ManualPlatform(String name, ManualTime time) {
        this(name, time, 0);
    }

    /**
     * A machine whose clock runs at a rate of its own.
     *
     * @param name for the descriptions of steps
     * @param time the true time
     * @param ppm how much faster than the true time its monotonic clock runs, in parts of a million
     */
    public ManualPlatform(String name, ManualTime time, long ppm) {
        this.name = name;
        clock = new ManualClock(time, BEFORE_OVERFLOW, ppm);
        time.watch(this::unparkDue);
    }

    /**
     * The machine's name.
     *
     * @return as given
     */
    public String name() {
        return name;
    }

    /**
     * The true time that the machine's clocks follow.
     *
     * @return as given
     */
    public ManualTime time() {
        return clock.time();
    }

    @Override
    public long nanoTime() {
        long nanos = clock.nanos();
        return nanos == Long.MAX_VALUE ? nanos - 1 : nanos;
    }

    @Override
    public long wallMillis() {
        return WALL_AT_START + wallShift.get() + clock.time().nanos() / 1_000_000L;
    }

    /**
     * Sets the wall clock forwards or back.
     *
     * @param by how far
     */
    public void moveWall(Duration by) {
        wallShift.addAndGet(by.toMillis());
    }

    /**
     * Sets the monotonic clock back, as a machine that was suspended sees it: time has passed that it did not count.
     *
     * @param time how much
     */
    public void forget(Duration time) {
        clock.shift(-time.toNanos());
    }

    @Override
    public long random(long bound) {
        return random.applyAsLong(bound);
    }

    /**
     * Says what is random from now on. Half of the bound unless said otherwise.
     *
     * @param source gives a number from 0 to below the bound that it is given
     */
    public void random(LongUnaryOperator source) {
        random = source;
    }

    /**
     * Says what a thread does instead of parking: for tests that play everything on one thread.
     *
     * @param meanwhile makes one step: delivers a message, or moves the time
     */
    public void whileParked(Runnable meanwhile) {
        parking = meanwhile;
    }

    @Override
    public void parkNanos(Object blocker, long nanos) {
        Runnable instead = parking;
        if (instead != null) {
            instead.run();
            return;
        }
        Thread thread = Thread.currentThread();
        parked.put(thread, nanos == Long.MAX_VALUE ? nanos : nanoTime() + nanos);
        if (nanos > 0) {
            LockSupport.park(blocker);
        }
        parked.remove(thread);
    }

    /**
     * How many threads are parked now, or are about to.
     *
     * @return the number
     */
    public int parkedThreads() {
        return parked.size();
    }

    private void unparkDue() {
        long now = nanoTime();
        parked.forEach((thread, until) -> {
            if (until != Long.MAX_VALUE && until - now <= 0) {
                LockSupport.unpark(thread);
            }
        });
    }

    @Override
    public Alarm alarm(String purpose, Runnable ring) {
        return clock.time().bell(name + "'s " + purpose, clock, ring);
    }

    @Override
    public void runWithin(Runnable task, long nanos) {
        task.run();
    }

    @Override
    public Executor executor(String purpose) {
        return work -> {
            synchronized (tasks) {
                tasks.add(new Task(name + "'s " + purpose, work));
            }
        };
    }

    /**
     * The tasks that were given to executors and have not been run.
     *
     * @return in the order in which they were given
     */
    public List<Task> tasks() {
        synchronized (tasks) {
            return List.copyOf(tasks);
        }
    }

    /** Runs tasks on this thread, in order, until there are none left. */
    public void runTasks() {
        for (List<Task> left = tasks(); !left.isEmpty(); left = tasks()) {
            left.get(0).run();
        }
    }

    /** A task that was given to an executor. */
    public final class Task {
        private final String purpose;
        private final Runnable work;

        private Task(String purpose, Runnable work) {
            this.purpose = purpose;
            this.work = work;
        }

        /**
         * Which executor it was given to.
         *
         * @return the machine's and the executor's name
         */
        public String purpose() {
            return purpose;
        }

        /** Runs the task on this thread, unless it was run already. */
        public void run() {
            boolean first;
            synchronized (tasks) {
                first = tasks.remove(this);
            }
            if (first) {
                work.run();
            }
        }

        @Override
        public String toString() {
            return "run " + purpose;
        }
    }
}
