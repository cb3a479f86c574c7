// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What the engine takes from the machine: clocks, parking, an alarm and threads. Tests of the engine bring one whose time stands still
 * until it is moved.
 */
public interface Platform {
    /**
     * The monotonic clock.
     *
     * @return as {@link System#nanoTime()}, but never {@link Long#MAX_VALUE}, which stands for "never"
     */
    long nanoTime();

    /**
     * The wall clock, only ever used to notice that it disagrees with the monotonic one.
     *
     * @return as {@link System#currentTimeMillis()}
     */
    long wallMillis();

    /**
     * Parks the current thread until it is unparked, interrupted or, perhaps, without a reason; at most for some time.
     *
     * @param blocker what the thread waits for
     * @param nanos how long, or {@link Long#MAX_VALUE} for ever
     */
    void parkNanos(Object blocker, long nanos);

    /**
     * Whether a thread is a virtual one, which must not wait in a system call: its carrier would wait with it.
     *
     * @param thread a thread
     * @return whether it is
     */
    default boolean isVirtual(Thread thread) {
        return false;
    }

    /**
     * Runs a task that may hang, and waits for its end; not for longer than some time, after which it goes on by itself. An interrupt is kept
     * and does not end the waiting.
     *
     * @param task what to run
     * @param nanos how long to wait
     */
    void runWithin(Runnable task, long nanos);

    /**
     * Makes an alarm that is not set.
     *
     * @param name what it is for, for thread names
     * @param ring what to do when its time has come; short and non-blocking
     * @return the alarm
     */
    Alarm alarm(String name, Runnable ring);

    /**
     * Makes an executor that takes any number of tasks without delay, each on a thread of its own if need be, and never on the calling
     * thread.
     *
     * @param name what it is for, for thread names
     * @return the executor; its threads are daemons and end when they are idle
     */
    Executor executor(String name);

    /**
     * A random number, so that clients do not ask in step.
     *
     * @param bound positive
     * @return from 0 to below the bound
     */
    default long random(long bound) {
        return ThreadLocalRandom.current().nextLong(bound);
    }

    /** Rings once at the time that it was last set to. */
    interface Alarm {
        /**
         * Sets the alarm, instead of what it was set to before. May ring at once, though not on the calling thread.
         *
         * @param atNanos when to ring, a value of {@link #nanoTime()}; {@link Long#MAX_VALUE} for never
         */
        void set(long atNanos);

        /** Ends the alarm for good. */
        void end();
    }
}
