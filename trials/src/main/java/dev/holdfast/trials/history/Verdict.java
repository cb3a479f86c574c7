// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import dev.holdfast.trials.history.History.ProcessHistory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether a history of locks is one of a lock that excludes and fences.
 *
 * <p>The theorem. A hold that returned from its acquisition at {@code s} and called its release at {@code e} was certainly held from
 * {@code s} to {@code e}, its core. If the cores of a lock are pairwise disjoint, putting every grant at {@code s} and every release at
 * {@code e} is an order of events that a correct lock allows; if two overlap, no order is. The order of the holds is that of their cores,
 * so tokens must rise in it. Nothing has to be searched: sorting is enough.
 *
 * @param locks one verdict for each lock name, in the order of the names
 * @param stops how often a process was stopped
 * @param kills how often a process was killed
 * @param torn how many records were not whole
 */
public record Verdict(List<LockVerdict> locks, int stops, int kills, int torn) {
    /**
     * Judges a history.
     *
     * @param history what was written down
     * @return the verdict
     * @throws IllegalArgumentException if the history contradicts itself, so that nothing can be concluded from it
     */
    public static Verdict of(History history) {
        Map<Long, Long> killed = new HashMap<>();
        for (Operation kill : history.operations(Kind.KILLED)) {
            killed.merge(kill.subject(), kill.callNanos(), Math::min);
        }
        Map<String, List<Hold>> holds = new TreeMap<>();
        Map<String, List<LockVerdict.Use>> uses = new HashMap<>();
        for (ProcessHistory process : history.processes()) {
            collect(process, killed.getOrDefault(process.pid(), Long.MAX_VALUE), holds, uses);
        }
        return new Verdict(
                holds.entrySet().stream()
                        .map(lock -> LockVerdict.of(
                                lock.getKey(), lock.getValue(), uses.getOrDefault(lock.getKey(), List.of())))
                        .toList(),
                history.operations(Kind.STOPPED).size(),
                history.operations(Kind.KILLED).size(),
                history.torn());
    }

    private static void collect(
            ProcessHistory process,
            long killed,
            Map<String, List<Hold>> holds,
            Map<String, List<LockVerdict.Use>> uses) {
        Map<Integer, OpenHold> open = new HashMap<>();
        for (Operation operation : process.operations()) {
            boolean acquires = operation.kind() == Kind.ACQUIRE || operation.kind() == Kind.TRY;
            if (acquires && operation.outcome() == Outcome.OK) {
                open.put(operation.slot(), new OpenHold(operation));
            }
        }
        for (Operation operation : process.operations()) {
            if (operation.hold() == 0) {
                continue;
            }
            OpenHold hold = open.get(operation.hold());
            if (hold == null) {
                throw new IllegalArgumentException("belongs to no acquisition that was granted: " + operation);
            }
            hold.add(operation);
            if (operation.kind() == Kind.USE) {
                uses.computeIfAbsent(operation.lockName(), name -> new ArrayList<>())
                        .add(new LockVerdict.Use(operation, hold.acquired.token()));
            }
        }
        open.values()
                .forEach(hold -> holds.computeIfAbsent(hold.acquired.lockName(), name -> new ArrayList<>())
                        .add(hold.closed(killed)));
    }

    /** A hold whose operations are being collected. */
    private static final class OpenHold {
        private final Operation acquired;
        private long released = Long.MAX_VALUE;
        private long lost = Long.MAX_VALUE;
        private long lastSeen;
        private long validUntil;

        private OpenHold(Operation acquired) {
            this.acquired = acquired;
            this.lastSeen = acquired.returnNanos();
            this.validUntil = acquired.validUntilNanos();
        }

        void add(Operation operation) {
            switch (operation.kind()) {
                case RELEASE -> released = Math.min(released, operation.callNanos());
                case LOST -> lost = Math.min(lost, operation.callNanos());
                case HELD -> held(operation);
                case USE -> lastSeen = Math.max(lastSeen, operation.callNanos());
                default -> throw new IllegalArgumentException("cannot belong to a hold: " + operation);
            }
        }

        /** A yes proves that the lease was valid when it was asked for, and tells how long it goes on. */
        private void held(Operation operation) {
            lastSeen = Math.max(lastSeen, operation.callNanos());
            if (operation.outcome() == Outcome.OK) {
                validUntil = Math.max(validUntil, Math.max(operation.callNanos(), operation.validUntilNanos()));
            }
        }

        Hold closed(long killed) {
            return new Hold(acquired, released, lost, killed, lastSeen, validUntil);
        }
    }

    /**
     * Whether every promise was kept on every lock.
     *
     * @return true if so
     */
    public boolean isGood() {
        return locks.stream().allMatch(LockVerdict::isGood);
    }

    /**
     * How often any lock was granted.
     *
     * @return the sum
     */
    public long holds() {
        return locks.stream().mapToLong(LockVerdict::holds).sum();
    }

    /**
     * Overlaps by contract, on all locks.
     *
     * @return the sum
     */
    public long contractOverlaps() {
        return locks.stream().mapToLong(lock -> lock.contract().count()).sum();
    }

    /**
     * Overlaps of holds that are not cut at loss and deadline, on all locks.
     *
     * @return the sum
     */
    public long rawOverlaps() {
        return locks.stream().mapToLong(lock -> lock.raw().count()).sum();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        locks.forEach(text::append);
        double perMillion = holds() == 0 ? 0 : rawOverlaps() * 1e6 / holds();
        return text.append(String.format(
                        "%s: %d holds, %d overlaps by contract, %d raw (%.0f in a million holds); %d stops, %d kills, %d torn"
                                + " records%n",
                        isGood() ? "GOOD" : "BAD",
                        holds(),
                        contractOverlaps(),
                        rawOverlaps(),
                        perMillion,
                        stops,
                        kills,
                        torn))
                .toString();
    }
}
