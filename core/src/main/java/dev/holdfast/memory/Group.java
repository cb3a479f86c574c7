// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memory;

import dev.holdfast.LockInfo;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The locks of one group: who holds each, and who stands in line. */
final class Group {
    private static final ConcurrentHashMap<String, Group> GROUPS = new ConcurrentHashMap<>();

    /** One for all groups, so that revisions rise also when a group ends and begins again; starts at the clock in microseconds. */
    @SuppressWarnings("TimeInStaticInitializer") // Where this JVM begins to count is all that the clock is asked for.
    private static final AtomicLong HIGH_WATER =
            new AtomicLong(TimeUnit.SECONDS.toMicros(Instant.now().getEpochSecond()));

    private static final int RESTING_PLACES = 64;

    /**
     * What a change of a lock came to.
     *
     * @param held whether the claim that left held the lock
     * @param granted who holds the lock because of it, or null
     * @param revision of the grant
     * @param inLine whether the claim that entered stands in line
     * @param contended a holder whom others wait for, or null
     */
    record Change(
            boolean held,
            @Nullable Claim granted,
            long revision,
            boolean inLine,
            @Nullable Claim contended) {
        static final Change NONE = new Change(false, null, 0, false, null);
        static final Change FREED = new Change(true, null, 0, false, null);

        static Change granted(boolean held, Claim granted, long revision) {
            return new Change(held, granted, revision, false, null);
        }

        static Change inLine(Claim holder) {
            return new Change(false, null, 0, true, holder);
        }
    }

    private final String name;
    private final ConcurrentHashMap<String, Slot> slots = new ConcurrentHashMap<>();

    /** Free slots that were used last; they are used again, and a new one costs more than to take it. */
    private final AtomicReferenceArray<@Nullable Slot> resting = new AtomicReferenceArray<>(RESTING_PLACES);

    private int members;

    private Group(String name) {
        this.name = name;
    }

    static Group join(String name) {
        Group joined = GROUPS.compute(name, (key, group) -> {
            Group found = group == null ? new Group(name) : group;
            found.members++;
            return found;
        });
        return joined;
    }

    void quit() {
        GROUPS.compute(name, (key, group) -> --members == 0 ? null : group);
    }

    static long nextRevision() {
        return HIGH_WATER.incrementAndGet();
    }

    /** Takes a lock that is free. Returns the revision, or 0 if it is taken. */
    long take(Claim claim, BackendEvents client) {
        Slot slot = slots.get(claim.key());
        if (slot == null) {
            return 0;
        }
        slot.seat(claim, client);
        return slot.take(claim);
    }

    /** Frees a lock that the claim holds and nobody waits for; false if that is not so. */
    boolean free(Claim claim) {
        Slot.Seat seat = Slot.Seat.of(claim);
        if (seat == null || !seat.slot().free(claim)) {
            return false;
        }
        rest(seat.slot());
        return true;
    }

    private void rest(Slot slot) {
        int place = slot.key.hashCode() & (RESTING_PLACES - 1);
        if (resting.get(place) != slot) {
            Slot before = resting.getAndSet(place, slot);
            if (before != null && before != slot) {
                slots.computeIfPresent(
                        before.key, (key, present) -> present == before && before.retire() ? null : present);
            }
        }
    }

    /** The claim takes the lock if it is free, or stands in line if it waits. */
    Change enter(Claim entering, BackendEvents client) {
        return change(entering.key(), slot -> {
            slot.seat(entering, client);
            return slot.enter(entering);
        });
    }

    /** The claim goes, from the lock or the line; the first in line gets the lock, and a next one goes to the line's end. */
    Change leave(Claim leaving, @Nullable Claim next, BackendEvents client) {
        return change(leaving.key(), slot -> {
            if (next != null) {
                slot.seat(next, client);
            }
            return slot.leave(leaving, next);
        });
    }

    private Change change(String key, Function<Slot, Change> step) {
        Change[] change = {Change.NONE};
        Slot changed = slots.compute(key, (same, present) -> {
            Slot slot = present == null ? new Slot(key) : present;
            change[0] = step.apply(slot);
            return slot;
        });
        if (changed.holder() == null) {
            rest(changed);
        }
        return change[0];
    }

    boolean isHeldBy(Claim claim) {
        return holder(claim.key()) == claim;
    }

    @Nullable
    Claim holder(String key) {
        Slot slot = slots.get(key);
        return slot == null ? null : slot.holder();
    }

    @Nullable
    LockInfo inspect(String key) {
        LockInfo[] info = {null};
        slots.computeIfPresent(key, (same, slot) -> {
            info[0] = slot.describe();
            return slot;
        });
        return info[0];
    }

    List<LockInfo> list(String prefix) {
        return slots.values().stream()
                .map(Slot::holder)
                .filter(claim -> claim != null && claim.name().startsWith(prefix))
                .map(claim -> inspect(claim.key()))
                .filter(info -> info != null)
                .toList();
    }
}
