// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memory;

import dev.holdfast.LockInfo;
import dev.holdfast.memory.MemoryBackend.Member;
import dev.holdfast.spi.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The locks of one group: who holds each, and who stands in line. Every change of a lock is atomic in its map entry. */
final class Group {
    private static final ConcurrentHashMap<String, Group> GROUPS = new ConcurrentHashMap<>();

    /** One for all groups, so that revisions rise also when a group ends and begins again; starts at the clock in microseconds. */
    @SuppressWarnings("TimeInStaticInitializer") // Where this JVM begins to count is all that the clock is asked for.
    private static final AtomicLong HIGH_WATER =
            new AtomicLong(TimeUnit.SECONDS.toMicros(Instant.now().getEpochSecond()));

    /** A held lock; a lock that nobody holds has no entry. */
    private static final class Slot {
        private final ArrayDeque<Member> line = new ArrayDeque<>(0);
        private Member holder;
        private long revision;
        private long sinceNanos;

        Slot(Member holder) {
            this.holder = holder;
            hold(holder);
        }

        void hold(Member newHolder) {
            holder = newHolder;
            revision = HIGH_WATER.incrementAndGet();
            sinceNanos = System.nanoTime();
        }

        boolean hasInLine(Claim claim) {
            return line.stream().anyMatch(member -> member.claim() == claim);
        }
    }

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
            @Nullable Member granted,
            long revision,
            boolean inLine,
            @Nullable Member contended) {
        static final Change NONE = new Change(false, null, 0, false, null);
    }

    private final String name;
    private final ConcurrentHashMap<String, Slot> slots = new ConcurrentHashMap<>();
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

    Change enter(Member entering) {
        Slot fresh = new Slot(entering);
        Slot taken = slots.putIfAbsent(entering.claim().key(), fresh);
        return taken == null ? new Change(false, entering, fresh.revision, false, null) : enterTaken(entering);
    }

    private Change enterTaken(Member entering) {
        Change[] change = {Change.NONE};
        slots.compute(entering.claim().key(), (key, slot) -> {
            if (slot == null) {
                Slot fresh = new Slot(entering);
                change[0] = new Change(false, entering, fresh.revision, false, null);
                return fresh;
            }
            if (slot.holder.claim() == entering.claim()) {
                change[0] = new Change(false, slot.holder, slot.revision, false, null);
            } else if (entering.claim().waits()) {
                if (!slot.hasInLine(entering.claim())) {
                    slot.line.add(entering);
                }
                change[0] = new Change(false, null, 0, true, slot.holder);
            }
            return slot;
        });
        return change[0];
    }

    /** The claim goes, from the lock or the line; the first in line gets the lock, and a next one goes to the line's end. */
    Change leave(Claim leaving, @Nullable Member next) {
        Change[] change = {Change.NONE};
        slots.compute(leaving.key(), (key, slot) -> {
            if (slot == null) {
                Slot fresh = next == null ? null : new Slot(next);
                change[0] = new Change(false, next, fresh == null ? 0 : fresh.revision, false, null);
                return fresh;
            }
            if (next != null) {
                slot.line.add(next);
            }
            if (slot.holder.claim() != leaving) {
                change[0] = new Change(false, null, 0, next != null, next == null ? null : slot.holder);
                slot.line.removeIf(member -> member.claim() == leaving);
                return slot;
            }
            Member granted = slot.line.poll();
            if (granted == null) {
                change[0] = new Change(true, null, 0, false, null);
                return null;
            }
            slot.hold(granted);
            change[0] = new Change(true, granted, slot.revision, false, slot.line.isEmpty() ? null : granted);
            return slot;
        });
        return change[0];
    }

    boolean isHeldBy(Claim claim) {
        Member holder = holder(claim.key());
        return holder != null && holder.claim() == claim;
    }

    @Nullable
    Member holder(String key) {
        Slot slot = slots.get(key);
        return slot == null ? null : slot.holder;
    }

    @Nullable
    LockInfo inspect(String key) {
        LockInfo[] info = {null};
        slots.computeIfPresent(key, (same, slot) -> {
            info[0] = describe(slot);
            return slot;
        });
        return info[0];
    }

    List<LockInfo> list(String prefix) {
        return slots.values().stream()
                .map(slot -> slot.holder.claim())
                .filter(claim -> claim.name().startsWith(prefix))
                .map(claim -> inspect(claim.key()))
                .filter(info -> info != null)
                .toList();
    }

    private static LockInfo describe(Slot slot) {
        Duration held = Duration.ofNanos(System.nanoTime() - slot.sinceNanos);
        return LockInfo.of(slot.holder.claim().name())
                .ownerLabel(slot.holder.claim().ownerLabel())
                .revision(slot.revision)
                .since(Instant.now().minus(held))
                .waiters(slot.line.size())
                .build();
    }
}
