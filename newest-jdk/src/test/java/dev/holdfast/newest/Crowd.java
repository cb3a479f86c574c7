// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.newest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Virtual threads that start one task each, and how to wait for them. */
final class Crowd {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /** What a thread does. */
    @FunctionalInterface
    interface Task {
        void run() throws Exception;
    }

    Thread start(Task task) {
        Thread thread = Thread.ofVirtual().unstarted(() -> {
            try {
                task.run();
            } catch (Throwable e) {
                failures.add(e);
            }
        });
        threads.add(thread);
        thread.start();
        return thread;
    }

    List<Thread> threads() {
        return threads;
    }

    /** Returns when all are parked. */
    void allWait() {
        eventually("all threads wait", () -> threads.stream().allMatch(Crowd::waits));
    }

    private static boolean waits(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    /** Returns when all have ended, none with an exception. */
    void allEnd() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime()))))
                    .as("%s has ended, of %s threads; failures: %s", thread, threads.size(), failures)
                    .isTrue();
        }
        assertThat(failures).isEmpty();
    }

    static void eventually(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end)
                    .as("%s, within %s", what, PATIENCE)
                    .isNegative();
            LockSupport.parkNanos(2_000_000);
        }
    }
}
