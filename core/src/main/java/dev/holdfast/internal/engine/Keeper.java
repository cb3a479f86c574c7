// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The one timer of a client: a heap of everything that is due at some time, and the renewals that fall due together, sent as one call.
 * Also compares the clocks: a wall clock that disagrees with the monotonic one, or a late ring, means that this machine may have been
 * stopped in a way that the monotonic clock did not see, so every lease is verified; never that it is lost.
 */
final class Keeper {
    private static final Logger LOG = System.getLogger("dev.holdfast");

    /** While leases are held, the clocks are compared this often. */
    private static final long TICK = 1_000_000_000L;

    /** How far the clocks may disagree between two ticks, beyond one percent. */
    private static final long CLOCK_SLACK = 250_000_000L;

    private final Platform platform;
    private final Consumer<List<StoreClaim>> renewal;
    private final Runnable verification;
    private final Platform.Alarm alarm;
    private final ReentrantLock mutex = new ReentrantLock();
    private Due[] heap = new Due[16];
    private int size;
    private int leases;
    private long alarmAt = Nanos.NEVER;
    private long lastNanos;
    private long lastWall;

    /** Only used on the keeper's thread. */
    private List<StoreClaim> toRenew = new ArrayList<>();

    Keeper(Platform platform, Consumer<List<StoreClaim>> renewal, Runnable verification) {
        this.platform = platform;
        this.renewal = renewal;
        this.verification = verification;
        alarm = platform.alarm("keeper", this::ring);
    }

    /** Sets or moves an entry. */
    void schedule(Due due, long atNanos) {
        if (atNanos == Nanos.NEVER) {
            cancel(due);
            return;
        }
        mutex.lock();
        try {
            if (due.heapIndex < 0) {
                if (size == heap.length) {
                    heap = Arrays.copyOf(heap, size * 2);
                }
                due.dueNanos = atNanos;
                siftUp(size++, due);
            } else {
                due.dueNanos = atNanos;
                siftUp(due.heapIndex, due);
                siftDown(due.heapIndex, due);
            }
            setAlarm();
        } finally {
            mutex.unlock();
        }
    }

    /** Removes an entry if it is set. Does not move the alarm: an early ring costs less than setting it at every release. */
    void cancel(Due due) {
        if (due.heapIndex < 0) {
            // An entry is only cancelled and scheduled under its queue's mutex, so only the keeper itself may be
            // removing it now.
            return;
        }
        mutex.lock();
        try {
            if (due.heapIndex >= 0) {
                remove(due.heapIndex);
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Notes that a lease which may expire, or its session may, is held from now on, so that the clocks are watched. */
    void leaseHeld() {
        mutex.lock();
        try {
            if (leases++ == 0) {
                lastNanos = platform.nanoTime();
                lastWall = platform.wallMillis();
                setAlarm();
            }
        } finally {
            mutex.unlock();
        }
    }

    void leaseOver() {
        mutex.lock();
        try {
            leases--;
        } finally {
            mutex.unlock();
        }
    }

    /** From {@link Due#fire}: this claim is due for renewal. */
    void renewNow(StoreClaim claim) {
        toRenew.add(claim);
    }

    void end() {
        alarm.end();
    }

    private void ring() {
        long now = platform.nanoTime();
        List<Due> due = List.of();
        boolean verify;
        mutex.lock();
        try {
            verify = clocksDisagree(now);
            alarmAt = Nanos.NEVER;
            while (size > 0 && Nanos.isPast(heap[0].dueNanos, now)) {
                if (due.isEmpty()) {
                    due = new ArrayList<>();
                }
                due.add(heap[0]);
                remove(0);
            }
        } finally {
            mutex.unlock();
        }
        for (Due each : due) {
            guarded(() -> each.fire(now));
        }
        if (!toRenew.isEmpty()) {
            List<StoreClaim> batch = toRenew;
            toRenew = new ArrayList<>();
            guarded(() -> renewal.accept(batch));
        }
        if (verify) {
            guarded(verification);
        }
        mutex.lock();
        try {
            setAlarm();
        } finally {
            mutex.unlock();
        }
    }

    /** One defect must not stop the renewal of everything else. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "The keeper of the leases met a defect", e);
        }
    }

    private boolean clocksDisagree(long now) {
        if (leases == 0) {
            return false;
        }
        long wall = platform.wallMillis();
        long nanos = now - lastNanos;
        long gap = Math.abs((wall - lastWall) * 1_000_000L - nanos);
        long late = alarmAt == Nanos.NEVER ? 0 : now - alarmAt;
        lastNanos = now;
        lastWall = wall;
        return gap > CLOCK_SLACK + nanos / 100 || late > TICK;
    }

    private void setAlarm() {
        long at = size == 0 ? Nanos.NEVER : heap[0].dueNanos;
        if (leases > 0) {
            at = Nanos.earlier(at, Nanos.after(lastNanos, TICK));
        }
        if (at != Nanos.NEVER && (alarmAt == Nanos.NEVER || at - alarmAt < 0)) {
            alarmAt = at;
            alarm.set(at);
        }
    }

    private void remove(int index) {
        heap[index].heapIndex = -1;
        Due last = heap[--size];
        heap[size] = null;
        if (index < size) {
            siftUp(index, last);
            siftDown(last.heapIndex, last);
        }
    }

    private void siftUp(int index, Due due) {
        int at = index;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (heap[parent].dueNanos - due.dueNanos <= 0) {
                break;
            }
            place(at, heap[parent]);
            at = parent;
        }
        place(at, due);
    }

    private void siftDown(int index, Due due) {
        int at = index;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && heap[child + 1].dueNanos - heap[child].dueNanos < 0) {
                child++;
            }
            if (due.dueNanos - heap[child].dueNanos <= 0) {
                break;
            }
            place(at, heap[child]);
            at = child;
        }
        place(at, due);
    }

    private void place(int index, Due due) {
        heap[index] = due;
        due.heapIndex = index;
    }
}
