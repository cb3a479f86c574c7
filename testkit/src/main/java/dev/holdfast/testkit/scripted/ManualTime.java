// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The true time of a test, which all its clocks are made of. Stands still until it is moved. Moving it and ringing the alarms that
 * are due are separate steps, so that a test can look at what is true in between, as on a machine that was stopped.
 */
public final class ManualTime {
    private final List<Bell> bells = new CopyOnWriteArrayList<>();
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private volatile long now;

    /** Time that starts at zero. */
    public ManualTime() {}

    /**
     * The true time.
     *
     * @return nanoseconds since the test began
     */
    public long nanos() {
        return now;
    }

    /**
     * Lets time pass and rings every alarm at its time, on the calling thread; also those that the ringing sets.
     *
     * @param time how long
     */
    public void advance(Duration time) {
        long end = now + time.toNanos();
        ringDue();
        for (long next = next(); next <= end && next != Long.MAX_VALUE; next = next()) {
            set(next);
            ringDue();
        }
        set(end);
        ringDue();
    }

    /**
     * Lets time pass without ringing: what is due then stays due.
     *
     * @param time how long
     */
    public void skip(Duration time) {
        set(now + time.toNanos());
    }

    /**
     * Moves to the next time at which an alarm is due, without ringing it. Does not move if one is due already.
     *
     * @return false if no alarm is set
     */
    public boolean skipToNextAlarm() {
        long next = next();
        if (next == Long.MAX_VALUE) {
            return false;
        }
        set(Math.max(now, next));
        return true;
    }

    /**
     * The alarms whose time has come and that have not rung.
     *
     * @return in the order of their times, then of their making
     */
    public List<Bell> due() {
        List<Bell> due = new ArrayList<>();
        for (Bell bell : bells) {
            if (bell.dueNanos() <= now) {
                due.add(bell);
            }
        }
        if (due.size() > 1) {
            due.sort(Comparator.comparingLong(Bell::dueNanos));
        }
        return due;
    }

    /**
     * When the next alarm is due, or was if it has not rung.
     *
     * @return true time, or {@link Long#MAX_VALUE} if no alarm is set
     */
    public long next() {
        long next = Long.MAX_VALUE;
        for (Bell bell : bells) {
            next = Math.min(next, bell.dueNanos());
        }
        return next;
    }

    private void ringDue() {
        for (List<Bell> due = due(); !due.isEmpty(); due = due()) {
            due.get(0).ring();
        }
    }

    private void set(long nanos) {
        now = nanos;
        watchers.forEach(Runnable::run);
    }

    Bell bell(String name, ManualClock clock, Runnable ring) {
        Bell bell = new Bell(this, name, clock, ring);
        bells.add(bell);
        return bell;
    }

    void remove(Bell bell) {
        bells.remove(bell);
    }

    /** Has something called after every move. */
    void watch(Runnable watcher) {
        watchers.add(watcher);
    }
}
