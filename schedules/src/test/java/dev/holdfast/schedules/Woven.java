// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.schedules;

import dev.holdfast.schedules.Turns.Actor;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What woven code calls. On a thread that takes no turns, it does what the code did before. */
public final class Woven {
    private static final ThreadLocal<@Nullable Actor> ACTOR = new ThreadLocal<>();

    private Woven() {}

    static void begin(Actor actor) {
        ACTOR.set(actor);
    }

    static void end() {
        ACTOR.remove();
    }

    static @Nullable Actor actor() {
        return ACTOR.get();
    }

    /** A step that never waits. */
    public static void point(String what) {
        Actor self = ACTOR.get();
        if (self != null && !self.isInOneStep()) {
            self.turns.step(self, null, what);
        }
    }

    /** Under a lock only those can see the difference that read without it, and they have a point of their own. */
    public static void read(String field) {
        Actor self = ACTOR.get();
        if (self != null && !self.holdsALock()) {
            point(field);
        }
    }

    /** What the JDK does under monitors of its own, such as a change of a map's entry, is one step. */
    public static void beginOneStep(String what) {
        point(what);
        Actor self = ACTOR.get();
        if (self != null) {
            self.beginOneStep();
        }
    }

    public static void endOneStep() {
        Actor self = ACTOR.get();
        if (self != null) {
            self.endOneStep();
        }
    }

    public static void lock(ReentrantLock lock) {
        Actor self = ACTOR.get();
        if (self == null) {
            lock.lock();
        } else {
            self.turns.lock(self, lock);
        }
    }

    /** The engine tries again until it has the lock, so here it waits for its turn, as with {@link #lock}. */
    public static boolean tryLock(ReentrantLock lock) {
        Actor self = ACTOR.get();
        if (self == null) {
            return lock.tryLock();
        }
        self.turns.lock(self, lock);
        return true;
    }

    public static void unlock(ReentrantLock lock) {
        Actor self = ACTOR.get();
        if (self == null) {
            lock.unlock();
        } else {
            self.turns.unlock(self, lock);
        }
    }

    public static void park(Object blocker) {
        Actor self = ACTOR.get();
        if (self == null) {
            LockSupport.park(blocker);
        } else {
            self.turns.park(self);
        }
    }

    public static void unpark(@Nullable Thread thread) {
        Actor self = ACTOR.get();
        if (self != null) {
            point("unpark");
        }
        if (self == null || !self.turns.unpark(thread)) {
            LockSupport.unpark(thread);
        }
    }

    public static boolean interrupted() {
        Actor self = ACTOR.get();
        if (self == null) {
            return Thread.interrupted();
        }
        point("interrupted");
        return self.takeInterrupt();
    }

    public static void interrupt(Thread thread) {
        Actor self = ACTOR.get();
        if (self == null || !self.turns.interrupt(thread)) {
            thread.interrupt();
        }
    }

    /** The line of the code under test that is being run. */
    static String where() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> !frame.getClassName().startsWith("dev.holdfast.schedules.")
                                && frame.getClassName().startsWith("dev.holdfast."))
                        .findFirst()
                        .map(frame -> "in " + frame.getMethodName() + " (" + frame.getFileName() + ":"
                                + frame.getLineNumber() + ")")
                        .orElse(""));
    }
}
