// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.schedules;

import dev.holdfast.testkit.scripted.Choices;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one run, of which one goes on at a time. Before each step with which threads coordinate (a lock, a park, a volatile
 * field, an atomic operation) the choices say who goes on. The first option is the thread that has its turn, so a deviation is a
 * preemption. If nobody can go on, the run has failed.
 *
 * <p>Locks and permits to unpark are kept here, and the real ones stay unused. What is not woven, such as code of the JDK, is one step.
 */
public final class Turns {
    private static final long LONGEST_RUN_SECONDS = 30;

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "schedule");
        thread.setDaemon(true);
        return thread;
    });

    /** What a thread does. */
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    /** Unwinds the threads of a run that has failed. */
    private static final class Abandoned extends Error {
        private static final long serialVersionUID = 1L;

        Abandoned() {
            super(null, null, false, false);
        }
    }

    /** A thread that takes part. */
    static final class Actor {
        final Turns turns;
        final String name;
        private final Body body;
        private final boolean servant;
        private final Semaphore turn = new Semaphore(0);
        private @Nullable BooleanSupplier condition;
        private String waitsFor = "its first turn";
        private boolean permit;
        private boolean interrupted;
        private boolean finished;
        private int held;
        private int inOneStep;

        private Actor(Turns turns, String name, Body body, boolean servant) {
            this.turns = turns;
            this.name = name;
            this.body = body;
            this.servant = servant;
        }

        boolean canGoOn() {
            return !finished && (condition == null || condition.getAsBoolean());
        }

        boolean takeInterrupt() {
            boolean was = interrupted;
            interrupted = false;
            return was;
        }

        void interrupt() {
            interrupted = true;
        }

        boolean isInOneStep() {
            return inOneStep > 0;
        }

        void beginOneStep() {
            inOneStep++;
        }

        void endOneStep() {
            inOneStep--;
        }

        boolean holdsALock() {
            return held > 0;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private final Choices choices;
    private final List<Actor> actors = new ArrayList<>();
    private final Map<Thread, Actor> byThread = new HashMap<>();
    private final Map<ReentrantLock, Actor> owners = new HashMap<>();
    private final Map<ReentrantLock, Integer> depths = new HashMap<>();
    private final Set<Integer> preempted = new HashSet<>();
    private boolean samples;
    private int steps;
    private volatile boolean abandoned;
    private volatile @Nullable Throwable failure;

    /** A run in which every step is a choice. */
    Turns(Choices choices) {
        this.choices = choices;
    }

    /**
     * A run with preemptions at places that are chosen before it: for samples, which would preempt at the first steps otherwise.
     *
     * @param preemptions how many
     * @param steps how many steps the run has, about
     */
    Turns(Choices choices, int preemptions, int steps) {
        this(choices);
        samples = true;
        for (int i = 0; i < preemptions; i++) {
            preempted.add(choices.pick(steps));
        }
    }

    /** Adds a thread, which starts when the run is played. */
    public void actor(String name, Body body) {
        actors.add(new Actor(this, name, body, false));
    }

    /** Adds a thread that serves the others, and ends when they have ended and it has nothing to do. To be added last. */
    public void servant(String name, BooleanSupplier hasWork, Runnable work) {
        actors.add(new Actor(this, name, () -> serve(hasWork, work), true));
    }

    private void serve(BooleanSupplier hasWork, Runnable work) {
        Actor self = Objects.requireNonNull(Woven.actor());
        while (true) {
            step(self, () -> hasWork.getAsBoolean() || onlyServantsAreLeft(), "work");
            if (!hasWork.getAsBoolean()) {
                return;
            }
            work.run();
        }
    }

    private boolean onlyServantsAreLeft() {
        return actors.stream().allMatch(actor -> actor.servant || actor.finished);
    }

    /** Runs all threads to their ends. */
    public void play() throws Exception {
        CountDownLatch ready = new CountDownLatch(actors.size());
        CountDownLatch ended = new CountDownLatch(actors.size());
        for (Actor actor : actors) {
            THREADS.execute(() -> {
                synchronized (byThread) {
                    byThread.put(Thread.currentThread(), actor);
                }
                ready.countDown();
                actor.turn.acquireUninterruptibly();
                try {
                    run(actor);
                } finally {
                    ended.countDown();
                }
            });
        }
        ready.await();
        choose(null).turn.release();
        if (!ended.await(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
            fail(new AssertionError("a thread waits for something that is not woven: " + situation()));
        }
        Throwable cause = failure;
        if (cause != null) {
            throw new AssertionError(String.valueOf(cause), cause);
        }
        if (!owners.isEmpty()) {
            throw new AssertionError("locks are kept: " + owners);
        }
    }

    private void run(Actor actor) {
        try {
            Woven.begin(actor);
            if (!abandoned) {
                actor.body.run();
            }
        } catch (Abandoned e) {
            // The failure that it follows from is known.
        } catch (Throwable e) {
            fail(e);
        } finally {
            Woven.end();
            actor.finished = true;
            if (!abandoned && actors.stream().anyMatch(other -> !other.finished)) {
                handOver(null);
            }
        }
    }

    private void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        abandoned = true;
        actors.forEach(actor -> actor.turn.release());
    }

    private String situation() {
        StringBuilder text = new StringBuilder();
        actors.forEach(actor -> text.append("\n  ")
                .append(actor.name)
                .append(actor.finished ? " has ended" : " waits for " + actor.waitsFor));
        return text.toString();
    }

    /** One step of a thread: who goes on is chosen before it. */
    void step(Actor self, @Nullable BooleanSupplier condition, String what) {
        if (abandoned) {
            throw new Abandoned();
        }
        steps++;
        self.condition = condition;
        self.waitsFor = what;
        handOver(self);
        if (choices.isTraced()) {
            choices.note(self.name + ": " + what + " " + Woven.where());
        }
    }

    private void handOver(@Nullable Actor self) {
        Actor next = choose(self);
        if (next == null) {
            fail(new AssertionError("nobody can go on:" + situation()));
        } else if (next != self) {
            next.turn.release();
        }
        if (next != self && self != null) {
            self.turn.acquireUninterruptibly();
        }
        if (abandoned && self != null) {
            throw new Abandoned();
        }
    }

    private @Nullable Actor choose(@Nullable Actor first) {
        List<Actor> options = new ArrayList<>(actors.size());
        if (first != null && first.canGoOn()) {
            if (samples && !preempted.contains(steps)) {
                return first;
            }
            options.add(first);
        }
        for (Actor actor : actors) {
            if (actor != first && actor.canGoOn()) {
                options.add(actor);
            }
        }
        return options.isEmpty() ? null : options.get(choices.pick(options.size()));
    }

    // Locks and permits

    void lock(Actor self, ReentrantLock lock) {
        if (owners.get(lock) != self) {
            step(self, () -> !owners.containsKey(lock), "lock");
            owners.put(lock, self);
        }
        depths.merge(lock, 1, Integer::sum);
        self.held++;
    }

    void unlock(Actor self, ReentrantLock lock) {
        if (abandoned) {
            return;
        }
        if (owners.get(lock) != self) {
            throw new IllegalMonitorStateException(self + " unlocks what " + owners.get(lock) + " has locked");
        }
        self.held--;
        if (depths.merge(lock, -1, Integer::sum) == 0) {
            depths.remove(lock);
            owners.remove(lock);
        }
    }

    void park(Actor self) {
        step(self, () -> self.permit || self.interrupted, "park");
        self.permit = false;
    }

    /** False if the thread takes no part. */
    boolean unpark(@Nullable Thread thread) {
        Actor parked = byThread.get(thread);
        if (parked != null) {
            parked.permit = true;
        }
        return parked != null;
    }

    boolean interrupt(Thread thread) {
        Actor target = byThread.get(thread);
        if (target != null) {
            target.interrupt();
        }
        return target != null;
    }

    /** Interrupts a thread by its name, as a step of the thread that calls. */
    public void interrupt(String name) {
        Woven.point("interrupt");
        actors.stream().filter(actor -> actor.name.equals(name)).forEach(Actor::interrupt);
    }
}
