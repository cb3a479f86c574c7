// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.spi.Claim;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The requests about one claim: one after the other, in the order in which the engine made them. A withdrawal that overtook its own
 * acquisition on another connection would leave the lock taken. A repeat whose first try has not been sent yet takes its place.
 */
final class Seat {
    enum Kind {
        ACQUIRE,
        LEAVE
    }

    private record Step(Kind kind, Runnable body) {}

    private final ReentrantLock mutex = new ReentrantLock();
    private final Condition quiet = mutex.newCondition();
    private final ArrayDeque<Step> steps = new ArrayDeque<>(2);
    private boolean running;

    /** An acquisition may have been applied, or may still be, without an answer that says so. */
    private volatile boolean uncertain;

    /** It has been granted, or may have been. */
    private volatile boolean present;

    /** Nobody wants it any more: the client closes. */
    private volatile boolean left;

    /** The seat of a claim, made with the first request about it. */
    static Seat of(Claim claim) {
        if (claim.attachment() instanceof Seat known) {
            return known;
        }
        Seat made = new Seat();
        claim.attach(made);
        return made;
    }

    void submit(Kind kind, Runnable body, Executor lane) {
        mutex.lock();
        try {
            steps.removeIf(step -> step.kind == kind);
            steps.add(new Step(kind, body));
            if (running) {
                return;
            }
            running = true;
        } finally {
            mutex.unlock();
        }
        lane.execute(() -> run(lane));
    }

    private void run(Executor lane) {
        Step step = next(true);
        if (step == null) {
            return;
        }
        try {
            step.body.run();
        } finally {
            if (next(false) != null) {
                // Others have waited for longer.
                lane.execute(() -> run(lane));
            }
        }
    }

    /** The next step, or null, which ends the running. */
    private @org.jspecify.annotations.Nullable Step next(boolean take) {
        mutex.lock();
        try {
            Step step = take ? steps.poll() : steps.peek();
            if (step == null) {
                running = false;
                quiet.signalAll();
            }
            return step;
        } finally {
            mutex.unlock();
        }
    }

    /** Waits until nothing is being asked; false if that took too long. */
    boolean awaitQuiet(long giveUpNanos) {
        mutex.lock();
        try {
            long left = giveUpNanos - System.nanoTime();
            while (running && left > 0) {
                left = quiet.awaitNanos(left);
            }
            return !running;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            mutex.unlock();
        }
    }

    boolean isUncertain() {
        return uncertain;
    }

    void becomesUncertain() {
        uncertain = true;
        present = true;
    }

    boolean isPresent() {
        return present;
    }

    void becomesPresent() {
        present = true;
    }

    boolean hasLeft() {
        return left;
    }

    void leaves() {
        left = true;
    }
}
