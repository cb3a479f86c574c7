// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import dev.holdfast.spi.Claim;
import dev.holdfast.testkit.scripted.Standing.Lifetime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the store keeps, and its rules. All times are of the store's own clock. One contact with a claim, its acquire request or its
 * renewal, keeps what it has for one lease time: a grant out of the line does not count as a contact, so that nothing which a client
 * left behind outlives one lease time.
 */
final class Records {
    /** How an acquire request ended. */
    enum Outcome {
        /** Granted by this request. */
        GRANTED,
        /** Granted before; the expiry has not moved. */
        FOUND,
        QUEUED,
        BUSY,
        SPOILED,
        SESSION_OVER
    }

    /** What the store says unasked. */
    enum Push {
        GRANTED,
        CONTENDED,
        WAKE,
        GONE
    }

    /** Something to say unasked, and who is to hear it. */
    record Pushed(Push push, Standing to, long revision) {}

    /** A grant that was made. */
    record Granted(String key, long revision, String claimId) {}

    private static final class Slot {
        private @Nullable Standing holder;
        private final ArrayDeque<Standing> line = new ArrayDeque<>();
        private final Map<ScriptedLink, Standing> turnedAway = new HashMap<>();
    }

    private final ScriptedStore.Rules rules;
    private final TreeMap<String, Slot> slots = new TreeMap<>();
    private final Map<String, Long> counters = new HashMap<>();
    private final Set<String> spoiled = new HashSet<>();
    private final Map<String, Lifetime> sessions = new HashMap<>();
    private final Set<String> endedSessions = new HashSet<>();
    private final List<Pushed> pushes = new ArrayList<>();
    private final List<Granted> grants = new ArrayList<>();
    private long now;
    private long micros;

    Records(ScriptedStore.Rules rules) {
        this.rules = rules;
    }

    /** Moves to the present: what has expired goes. */
    void moveTo(long newNow, long newMicros) {
        now = newNow;
        micros = newMicros;
        if (nextExpiry() - now > 0) {
            return;
        }
        sessions.entrySet().removeIf(session -> {
            boolean over = session.getValue().expiresAt - now <= 0;
            if (over) {
                endedSessions.add(session.getKey());
            }
            return over;
        });
        new TreeMap<>(slots).forEach((key, slot) -> {
            slot.line.removeIf(place -> place.isOver(now));
            if (slot.holder != null && slot.holder.isOver(now)) {
                slot.holder = null;
            }
            passOn(key, slot);
        });
    }

    /** When something expires next; {@link Long#MAX_VALUE} for never. */
    long nextExpiry() {
        long next = Long.MAX_VALUE;
        for (Slot slot : slots.values()) {
            if (slot.holder != null) {
                next = Math.min(next, slot.holder.lifetime.expiresAt);
            }
            for (Standing place : slot.line) {
                next = Math.min(next, place.lifetime.expiresAt);
            }
        }
        for (Lifetime session : sessions.values()) {
            next = Math.min(next, session.expiresAt);
        }
        return next;
    }

    List<Pushed> takePushes() {
        if (pushes.isEmpty()) {
            return List.of();
        }
        List<Pushed> taken = List.copyOf(pushes);
        pushes.clear();
        return taken;
    }

    // What clients ask

    Outcome acquire(ScriptedLink link, Claim claim, long leaseNanos, boolean waits, @Nullable String session) {
        if (spoiled.contains(claim.key())) {
            return Outcome.SPOILED;
        }
        Lifetime bound = session == null ? null : touch(session);
        if (session != null && bound == null) {
            return Outcome.SESSION_OVER;
        }
        Slot slot = slots.computeIfAbsent(claim.key(), key -> new Slot());
        Standing holder = slot.holder;
        if (holder == null) {
            Standing granted =
                    new Standing(link, claim, leaseNanos, bound == null ? new Lifetime(now + leaseNanos) : bound);
            slot.line.removeIf(place -> place.id.equals(granted.id));
            hold(slot, granted);
            return Outcome.GRANTED;
        }
        if (holder.id.equals(claim.id())) {
            return Outcome.FOUND;
        }
        if (rules.demand() && holder.link != link) {
            pushes.add(new Pushed(Push.CONTENDED, holder, holder.revision));
        }
        for (Standing place : slot.line) {
            if (place.id.equals(claim.id())) {
                if (bound == null) {
                    place.lifetime.expiresAt = now + leaseNanos;
                }
                return Outcome.QUEUED;
            }
        }
        if (rules.line() && waits) {
            slot.line.add(
                    new Standing(link, claim, leaseNanos, bound == null ? new Lifetime(now + leaseNanos) : bound));
            return Outcome.QUEUED;
        }
        if (rules.wakes()) {
            slot.turnedAway.put(link, new Standing(link, claim, leaseNanos, new Lifetime(Long.MAX_VALUE)));
        }
        return Outcome.BUSY;
    }

    /** All that the claim has goes. Returns whether it held the lock. */
    boolean leave(Claim claim) {
        Slot slot = slots.get(claim.key());
        if (slot == null) {
            return false;
        }
        String id = claim.id();
        slot.line.removeIf(place -> place.id.equals(id));
        boolean held = slot.holder != null && slot.holder.id.equals(id);
        if (held) {
            slot.holder = null;
        }
        passOn(claim.key(), slot);
        return held;
    }

    boolean renew(Claim claim, long leaseNanos) {
        Slot slot = slots.get(claim.key());
        Standing holder = slot == null ? null : slot.holder;
        if (holder == null || !holder.id.equals(claim.id()) || holder.doomed) {
            return false;
        }
        if (!rules.sessionBound()) {
            holder.lifetime.expiresAt = now + leaseNanos;
        }
        return true;
    }

    /** Keeps a session, or makes it; null if it has ended. */
    @Nullable
    Lifetime touch(String session) {
        if (endedSessions.contains(session)) {
            return null;
        }
        Lifetime lifetime = sessions.computeIfAbsent(session, id -> new Lifetime(now));
        lifetime.expiresAt = now + rules.sessionNanos();
        return lifetime;
    }

    void endSession(String session) {
        Lifetime ended = sessions.get(session);
        endedSessions.add(session);
        if (ended != null) {
            ended.expiresAt = now;
            moveTo(now, micros);
        }
    }

    // What operators do

    boolean force(String key, boolean atOnce) {
        Slot slot = slots.get(key);
        Standing holder = slot == null ? null : slot.holder;
        if (slot == null || holder == null) {
            return false;
        }
        if (rules.lossPushes()) {
            pushes.add(new Pushed(Push.GONE, holder, holder.revision));
        }
        if (atOnce || rules.sessionBound()) {
            slot.holder = null;
            passOn(key, slot);
        } else {
            holder.doomed = true;
        }
        return true;
    }

    boolean purge(String key) {
        Long last = counters.get(key);
        if (last == null || slots.containsKey(key) || last >= micros) {
            return false;
        }
        counters.remove(key);
        return true;
    }

    void spoil(String key) {
        slots.remove(key);
        spoiled.add(key);
    }

    void clear() {
        slots.clear();
        counters.clear();
        spoiled.clear();
        endedSessions.addAll(sessions.keySet());
        sessions.clear();
        pushes.clear();
    }

    // What there is

    List<Standing> standings() {
        List<Standing> all = new ArrayList<>();
        for (Slot slot : slots.values()) {
            if (slot.holder != null) {
                all.add(slot.holder);
            }
            all.addAll(slot.line);
        }
        return all;
    }

    @Nullable
    Standing holder(String key) {
        Slot slot = slots.get(key);
        return slot == null ? null : slot.holder;
    }

    int waiters(String key) {
        Slot slot = slots.get(key);
        return slot == null ? 0 : slot.line.size();
    }

    Iterator<String> keysFrom(String start) {
        return slots.tailMap(start).keySet().iterator();
    }

    List<Granted> grants() {
        return grants;
    }

    // Steps

    private void passOn(String key, Slot slot) {
        if (slot.holder == null) {
            Standing first = slot.line.poll();
            if (first != null) {
                hold(slot, first);
                pushes.add(new Pushed(Push.GRANTED, first, first.revision));
                if (rules.demand() && slot.line.stream().anyMatch(place -> place.link != first.link)) {
                    pushes.add(new Pushed(Push.CONTENDED, first, first.revision));
                }
            } else {
                slot.turnedAway.values().forEach(waiting -> pushes.add(new Pushed(Push.WAKE, waiting, 0)));
                slots.remove(key);
            }
        }
    }

    private void hold(Slot slot, Standing standing) {
        long revision = Math.max(counters.getOrDefault(standing.key, 0L) + 1, micros);
        counters.put(standing.key, revision);
        standing.revision = revision;
        standing.sinceMicros = micros;
        slot.holder = standing;
        if (rules.keepsGrants()) {
            grants.add(new Granted(standing.key, revision, standing.id));
        }
    }
}
