// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memory;

import dev.holdfast.LockInfo;
import dev.holdfast.memory.Group.Change;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One lock. Its state is one reference: null while it is free, the claim that holds it, or the {@link Line} of a claim that others wait
 * for. A free lock is taken, and one that nobody waits for is freed, by one compare-and-set; whatever concerns a line happens inside the
 * slot's entry in the group's map, one step at a time.
 */
final class Slot extends AtomicReference<@Nullable Object> {
    private static final long serialVersionUID = 1;

    /** The state of a slot that is in the map no longer. */
    private static final Object RETIRED = new Object();

    /** What a claim remembers while it holds the lock or waits for it: where, and whom to tell. */
    record Seat(Slot slot, BackendEvents client) {
        static @Nullable Seat of(Claim claim) {
            return (Seat) claim.attachment();
        }
    }

    /** A holder, and those who wait. */
    private static final class Line {
        private volatile Claim holder;
        private final ArrayDeque<Claim> waiting = new ArrayDeque<>(2);

        Line(Claim holder, Claim first) {
            this.holder = holder;
            waiting.add(first);
        }
    }

    final String key;

    /** The same client often comes again. */
    private volatile @Nullable Seat lastSeat;

    /** Of the present grant; 0 from before a lock is freed until after it is granted. Set without a fence: the state has one. */
    private volatile long revision;

    private static final AtomicLongFieldUpdater<Slot> REVISION =
            AtomicLongFieldUpdater.newUpdater(Slot.class, "revision");

    Slot(String key) {
        this.key = key;
    }

    /** Has to come before the claim takes or enters: from then on others may have to tell its client. */
    void seat(Claim claim, BackendEvents client) {
        Seat seat = lastSeat;
        if (seat == null || seat.client != client) {
            seat = new Seat(this, client);
            lastSeat = seat;
        }
        claim.attach(seat);
    }

    /** Takes the lock if it is free. Returns the revision, or 0. */
    long take(Claim claim) {
        return compareAndSet(null, claim) ? grant() : 0;
    }

    private long grant() {
        long granted = Group.nextRevision();
        REVISION.lazySet(this, granted);
        return granted;
    }

    /** Frees the lock if the claim holds it and nobody waits. */
    boolean free(Claim claim) {
        return pass(claim, null);
    }

    private boolean pass(Claim holder, @Nullable Claim next) {
        if (get() != holder) {
            return false;
        }
        long held = revision;
        REVISION.lazySet(this, 0);
        boolean passed = compareAndSet(holder, next);
        if (!passed) {
            REVISION.lazySet(this, held);
        }
        return passed;
    }

    /** Takes a free slot out of use. */
    boolean retire() {
        return compareAndSet(null, RETIRED);
    }

    @Nullable
    Claim holder() {
        return holder(get());
    }

    private static @Nullable Claim holder(@Nullable Object state) {
        if (state instanceof Line line) {
            return line.holder;
        }
        return state instanceof Claim claim ? claim : null;
    }

    // Inside the slot's entry in the map

    /** The claim takes the lock if it is free, or stands in line if it waits. */
    Change enter(Claim entering) {
        return enter(entering, entering.waits());
    }

    private Change enter(Claim entering, boolean waits) {
        while (true) {
            long taken = take(entering);
            if (taken != 0) {
                return Change.granted(false, entering, taken);
            }
            Object now = get();
            Claim holder = holder(now);
            if (holder == entering) {
                return Change.granted(false, entering, revision);
            }
            if (holder != null && !waits) {
                return Change.NONE;
            }
            if (holder != null && joinLine(now, holder, entering)) {
                return Change.inLine(holder);
            }
        }
    }

    /** False if the lock was freed meanwhile. */
    private boolean joinLine(@Nullable Object now, Claim holder, Claim entering) {
        if (now instanceof Line line) {
            if (!line.waiting.contains(entering)) {
                line.waiting.add(entering);
            }
            return true;
        }
        return compareAndSet(holder, new Line(holder, entering));
    }

    /** The claim goes, from the lock or the line; the first in line gets the lock, and a next one goes to the line's end. */
    Change leave(Claim leaving, @Nullable Claim next) {
        if (pass(leaving, next)) {
            return next == null ? Change.FREED : Change.granted(true, next, grant());
        }
        if (get() instanceof Line line) {
            return leave(line, leaving, next);
        }
        return next == null ? Change.NONE : enter(next, true);
    }

    private Change leave(Line line, Claim leaving, @Nullable Claim next) {
        if (next != null) {
            line.waiting.add(next);
        }
        boolean held = line.holder == leaving;
        if (held) {
            REVISION.lazySet(this, 0);
            line.holder = line.waiting.remove();
        } else {
            line.waiting.remove(leaving);
        }
        Claim holder = line.holder;
        boolean wanted = !line.waiting.isEmpty();
        if (!wanted) {
            set(holder);
        }
        Claim contended = wanted ? holder : null;
        return held
                ? new Change(true, holder, grant(), false, contended)
                : new Change(false, null, 0, next != null, next == null ? null : contended);
    }

    @Nullable
    LockInfo describe() {
        while (true) {
            Object now = get();
            Claim holder = holder(now);
            if (holder == null) {
                return null;
            }
            long granted = revision;
            // Holders come and go without asking the map: what is told must be of one moment.
            if (granted != 0 && get() == now) {
                return LockInfo.of(holder.name())
                        .ownerLabel(holder.ownerLabel())
                        .revision(granted)
                        .waiters(now instanceof Line line ? line.waiting.size() : 0)
                        .build();
            }
            Thread.onSpinWait();
        }
    }
}
