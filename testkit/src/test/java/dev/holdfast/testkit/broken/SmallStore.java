// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.broken;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The server side of a small leased store with a line, in which one thing may be wrong. Correct for {@link Defect#NONE}. */
final class SmallStore {
    /** What the store says to a request. */
    enum Verdict {
        GRANTED,
        QUEUED,
        BUSY,
        FOREIGN,
        YES,
        NO
    }

    record Reply(Verdict verdict, long number) {}

    record Request(String key, String name, String id, String label, long leaseNanos, boolean waits, SmallLink link) {}

    /** A held lock, for people. */
    record Held(String name, String label, long revision, long remainingNanos, int waiters) {}

    private static final class Holder {
        private final Request request;
        private final long revision;
        private long expires;
        private boolean condemned;
        private int entries = 1;

        Holder(Request request, long revision) {
            this.request = request;
            this.revision = revision;
            renew();
        }

        void renew() {
            expires = System.nanoTime() + request.leaseNanos();
        }

        boolean is(String id) {
            return request.id().equals(id);
        }
    }

    private static final class Lock {
        private @Nullable Holder holder;
        private final Deque<Request> line = new ArrayDeque<>();
    }

    private final Defect defect;
    private final Map<String, Lock> locks = new HashMap<>();
    private final Map<String, Long> counters = new HashMap<>();
    private final Set<String> withdrawn = new HashSet<>();
    private final Set<String> foreign = new HashSet<>();

    SmallStore(Defect defect) {
        this.defect = defect;
    }

    private long nextRevision(String key) {
        if (defect == Defect.CONSTANT_TOKEN) {
            return 7;
        }
        long last = counters.getOrDefault(key, 0L);
        long clock = defect == Defect.COUNTER_RESTARTS ? 0 : ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        long next = Math.max(last + 1, clock);
        counters.put(key, next);
        return next;
    }

    /** The lock as it is now: an expired holder is gone, and the next in line has its grant. */
    private Lock lock(String key) {
        Lock lock = locks.computeIfAbsent(key, name -> new Lock());
        if (lock.holder != null && System.nanoTime() - lock.holder.expires >= 0) {
            lock.holder = null;
        }
        if (lock.holder == null && !lock.line.isEmpty()) {
            Request next = lock.line.removeFirst();
            Holder holder = new Holder(next, nextRevision(key));
            lock.holder = holder;
            next.link().pushGrant(next.id(), holder.revision, next.leaseNanos());
            if (!lock.line.isEmpty()) {
                next.link().pushContended(next.id());
            }
        }
        return lock;
    }

    synchronized Reply acquire(Request request) {
        if (foreign.contains(request.key())) {
            return new Reply(Verdict.FOREIGN, 0);
        }
        Lock lock = lock(request.key());
        Holder holder = lock.holder;
        if (defect == Defect.EVERYONE_IS_GRANTED) {
            lock.holder = new Holder(request, nextRevision(request.key()));
            return new Reply(Verdict.GRANTED, lock.holder.revision);
        }
        if (withdrawn.contains(request.id())) {
            return new Reply(Verdict.BUSY, 0);
        }
        if (holder != null && holder.is(request.id())) {
            holder.renew();
            if (defect == Defect.RETRY_MAKES_SECOND_HOLDER) {
                holder.entries++;
                return new Reply(Verdict.GRANTED, nextRevision(request.key()));
            }
            return new Reply(Verdict.GRANTED, holder.revision);
        }
        if (holder == null) {
            lock.holder = new Holder(request, nextRevision(request.key()));
            return new Reply(Verdict.GRANTED, lock.holder.revision);
        }
        if (!request.waits()) {
            return new Reply(Verdict.BUSY, holder.expires - System.nanoTime());
        }
        if (lock.line.stream().noneMatch(place -> place.id().equals(request.id()))) {
            lock.line.addLast(request);
            holder.request.link().pushContended(holder.request.id());
        }
        return new Reply(Verdict.QUEUED, 0);
    }

    synchronized Reply withdraw(String key, String id) {
        if (defect == Defect.WITHDRAW_DOES_NOTHING) {
            return new Reply(Verdict.NO, 0);
        }
        locks.computeIfAbsent(key, name -> new Lock())
                .line
                .removeIf(place -> place.id().equals(id));
        return release(key, id);
    }

    synchronized Reply release(String key, String id) {
        withdrawn.add(id);
        Lock lock = lock(key);
        Holder holder = lock.holder;
        boolean mine = holder != null && holder.is(id);
        boolean frees = mine || (holder != null && defect == Defect.RELEASE_IGNORES_OWNER);
        if (frees && --Objects.requireNonNull(holder).entries == 0) {
            lock.holder = null;
            lock(key);
        }
        return new Reply(frees ? Verdict.YES : Verdict.NO, 0);
    }

    synchronized Reply renew(String key, String id) {
        Holder holder = lock(key).holder;
        if (defect == Defect.RENEW_ALWAYS_SAYS_YES) {
            return new Reply(Verdict.YES, 0);
        }
        boolean ok =
                holder != null && !holder.condemned && (holder.is(id) || defect == Defect.RENEW_WITHOUT_OWNER_CHECK);
        if (ok) {
            Objects.requireNonNull(holder).renew();
        }
        return new Reply(ok ? Verdict.YES : Verdict.NO, 0);
    }

    synchronized @Nullable Held inspect(String key) {
        Lock lock = lock(key);
        Holder holder = lock.holder;
        return holder == null
                ? null
                : new Held(
                        holder.request.name(),
                        holder.request.label(),
                        holder.revision,
                        holder.expires - System.nanoTime(),
                        lock.line.size());
    }

    synchronized List<Held> list(String prefix) {
        List<Held> held = new ArrayList<>();
        for (String key : List.copyOf(locks.keySet())) {
            Held one = inspect(key);
            if (one != null && one.name().startsWith(prefix)) {
                held.add(one);
            }
        }
        return held;
    }

    synchronized boolean forceRelease(String key, boolean now) {
        Lock lock = lock(key);
        if (lock.holder == null) {
            return false;
        }
        lock.holder.condemned = true;
        if (now) {
            lock.holder = null;
            lock(key);
        }
        return true;
    }

    synchronized void remove(String key) {
        Lock lock = lock(key);
        lock.holder = null;
    }

    synchronized void purge(String key) {
        locks.remove(key);
        counters.remove(key);
    }

    synchronized void restart(boolean keepData) {
        if (!keepData) {
            locks.clear();
            counters.clear();
            withdrawn.clear();
        }
    }

    synchronized void spoil(String key) {
        foreign.add(key);
    }

    synchronized Set<String> residue() {
        Set<String> residue = new TreeSet<>();
        for (String key : List.copyOf(locks.keySet())) {
            Lock lock = lock(key);
            if (lock.holder != null) {
                residue.add(key + " is held by " + lock.holder.request.id());
            }
            lock.line.forEach(place -> residue.add(key + " is waited for by " + place.id()));
        }
        return residue;
    }
}
