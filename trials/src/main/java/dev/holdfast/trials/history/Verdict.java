// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import java.util.List;

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
        return of(history, Holdings.of(history));
    }

    /**
     * Judges a history whose holds are known already.
     *
     * @param history what was written down
     * @param holdings its holds
     * @return the verdict
     */
    public static Verdict of(History history, Holdings holdings) {
        return new Verdict(
                holdings.holds().entrySet().stream()
                        .map(lock -> LockVerdict.of(
                                lock.getKey(), lock.getValue(), holdings.uses().getOrDefault(lock.getKey(), List.of())))
                        .toList(),
                history.operations(Kind.STOPPED).size(),
                history.operations(Kind.KILLED).size(),
                history.torn());
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
