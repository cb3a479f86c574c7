// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What the history of one lock proves.
 *
 * @param lockName the lock
 * @param holds how often it was granted
 * @param contract holds that overlap although each was cut at its loss and its deadline: must be none
 * @param raw holds that overlap when they are not cut: nothing that a lease can prevent, but a number to publish
 * @param tokenFalls holds with a smaller token than one before: must be none
 * @param tokenRepeats holds with the token of another: must be none
 * @param accepted how many uses the resource accepted
 * @param refused how many it refused
 * @param staleUses accepted uses after an accepted one with a larger token: must be none
 * @param fairness how evenly it was granted
 * @param takeovers for each holder that was killed how long it took until the next one had the lock, since the kill or since that one
 *     asked, whichever was later; shortest first
 */
public record LockVerdict(
        String lockName,
        int holds,
        Findings<Hold> contract,
        Findings<Hold> raw,
        Findings<Hold> tokenFalls,
        Findings<Hold> tokenRepeats,
        long accepted,
        long refused,
        Findings<LockVerdict.Use> staleUses,
        Fairness fairness,
        List<Duration> takeovers) {
    /**
     * A write to the resource that was accepted.
     *
     * @param operation the write
     * @param token the token of the hold that it belongs to
     */
    public record Use(Operation operation, long token) {
        @Override
        public String toString() {
            return operation + " with token " + token;
        }
    }

    static LockVerdict of(String lockName, List<Hold> holds, List<Use> uses) {
        Sweep<Hold> contract = new Sweep<>(
                holds, Hold::start, Hold::contractEnd, hold -> hold.acquired().token());
        Sweep<Hold> raw = new Sweep<>(
                holds, Hold::start, Hold::rawEnd, hold -> hold.acquired().token());
        List<Use> accepted = uses.stream()
                .filter(use -> use.operation().outcome() == Outcome.OK)
                .toList();
        // A write took place somewhere between its call and its return.
        Sweep<Use> order = new Sweep<>(
                accepted,
                use -> use.operation().returnNanos(),
                use -> use.operation().callNanos(),
                Use::token);
        return new LockVerdict(
                lockName,
                holds.size(),
                contract.overlaps(),
                raw.overlaps(),
                contract.falls(),
                contract.repeats(),
                accepted.size(),
                uses.stream()
                        .filter(use -> use.operation().outcome() == Outcome.FAIL)
                        .count(),
                order.falls(),
                Fairness.of(holds),
                takeovers(holds));
    }

    private static List<Duration> takeovers(List<Hold> holds) {
        List<Hold> byStart = new ArrayList<>(holds);
        byStart.sort(Comparator.comparingLong(Hold::start));
        List<Duration> takeovers = new ArrayList<>();
        for (int i = 0; i + 1 < byStart.size(); i++) {
            Hold dead = byStart.get(i);
            Hold next = byStart.get(i + 1);
            if (dead.diedHolding()) {
                long due = Math.max(dead.killed(), next.acquired().callNanos());
                takeovers.add(Duration.ofNanos(Math.max(0, next.start() - due)));
            }
        }
        takeovers.sort(Comparator.naturalOrder());
        return List.copyOf(takeovers);
    }

    /**
     * Whether every promise was kept. Raw overlaps are none.
     *
     * @return true if there is no overlap by contract, no fallen or repeated token, and no stale write
     */
    public boolean isGood() {
        return contract.count() == 0 && tokenFalls.count() == 0 && tokenRepeats.count() == 0 && staleUses.count() == 0;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s '%s': %d holds by %d workers, overlaps by contract %d, raw %d; tokens fallen %d, repeated %d;"
                        + " writes accepted %d, refused %d, stale %d%n",
                isGood() ? "good" : "BAD ",
                lockName,
                holds,
                fairness.workers(),
                contract.count(),
                raw.count(),
                tokenFalls.count(),
                tokenRepeats.count(),
                accepted,
                refused,
                staleUses.count()));
        text.append(String.format(
                Locale.ROOT,
                "  shares %d to %d, Jain %.3f, at most %d later arrivals went first%n",
                fairness.smallestShare(),
                fairness.largestShare(),
                fairness.jain(),
                fairness.mostBypassed()));
        if (!takeovers.isEmpty()) {
            text.append(String.format(
                    Locale.ROOT,
                    "  taken over from a killed holder %d times, after %.3f ms (median), %.3f ms (longest)%n",
                    takeovers.size(),
                    takeovers.get(takeovers.size() / 2).toNanos() / 1e6,
                    takeovers.get(takeovers.size() - 1).toNanos() / 1e6));
        }
        contract.describe("overlap", text);
        tokenFalls.describe("fallen token", text);
        tokenRepeats.describe("repeated token", text);
        staleUses.describe("stale write accepted", text);
        return text.toString();
    }
}
