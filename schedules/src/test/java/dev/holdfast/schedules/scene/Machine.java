// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.schedules.scene;

import dev.holdfast.internal.engine.Platform;
import dev.holdfast.schedules.Turns;
import dev.holdfast.schedules.Woven;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** A machine whose time and whose threads for callbacks are threads of the run. Its fields are guarded by the turns. */
final class Machine implements Platform {
    private static final long NEVER = Long.MAX_VALUE;

    /** So that a wait without end is found instead of waited for. */
    private static final int MOST_MOVES = 6;

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final Map<Thread, Long> parked = new HashMap<>();
    private final List<Bell> bells = new ArrayList<>();
    private long now = 1_000_000_000L;
    private int moves;

    /** Adds the machine's own threads. */
    void serve(Turns turns) {
        turns.servant("callbacks", () -> !tasks.isEmpty(), this::runTask);
        turns.servant("clock", () -> moves < MOST_MOVES && nextDeadline() != NEVER, this::moveTime);
    }

    private void runTask() {
        tasks.remove().run();
    }

    void runTasks() {
        while (!tasks.isEmpty()) {
            runTask();
        }
    }

    private long nextDeadline() {
        long next = NEVER;
        for (long until : parked.values()) {
            next = Math.min(next, until);
        }
        for (Bell bell : bells) {
            next = Math.min(next, bell.at);
        }
        return next;
    }

    private void moveTime() {
        moves++;
        now = Math.max(now, nextDeadline());
        for (Map.Entry<Thread, Long> each : List.copyOf(parked.entrySet())) {
            if (each.getValue() <= now) {
                Woven.unpark(each.getKey());
            }
        }
        for (Bell bell : List.copyOf(bells)) {
            if (bell.at <= now) {
                bell.at = NEVER;
                bell.ring.run();
            }
        }
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public long wallMillis() {
        return now / 1_000_000;
    }

    @Override
    public void parkNanos(Object blocker, long nanos) {
        Thread thread = Thread.currentThread();
        parked.put(thread, nanos == NEVER ? NEVER : now + nanos);
        try {
            Woven.park(blocker);
        } finally {
            parked.remove(thread);
        }
    }

    @Override
    public void runWithin(Runnable task, long nanos) {
        task.run();
    }

    @Override
    public Alarm alarm(String name, Runnable ring) {
        Bell bell = new Bell(ring);
        bells.add(bell);
        return bell;
    }

    @Override
    public Executor executor(String name) {
        return tasks::add;
    }

    @Override
    public long random(long bound) {
        return bound / 2;
    }

    private static final class Bell implements Alarm {
        private final Runnable ring;
        private long at = NEVER;

        Bell(Runnable ring) {
            this.ring = ring;
        }

        @Override
        public void set(long atNanos) {
            at = atNanos;
        }

        @Override
        public void end() {
            at = NEVER;
        }
    }
}
