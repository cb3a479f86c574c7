// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.trials.history.Findings;
import dev.holdfast.trials.history.Hold;
import dev.holdfast.trials.history.LockVerdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;

/** Adds up rounds, so that their histories need not be kept. */
final class Ledger {
    private static final int MOST_FINDINGS = 10;

    private final Map<String, Long> largestTokens = new HashMap<>();
    private final List<Duration> takeovers = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private long holds;
    private long overlaps;
    private long rawOverlaps;
    private long tokenFalls;
    private long tokenRepeats;
    private long accepted;
    private long refused;
    private long staleWrites;
    private long lostUpdates;
    private long outages;
    private double jain;
    private int verdicts;
    private int mostBypassed;

    void add(Round round) {
        for (LockVerdict lock : round.verdict().locks()) {
            holds += lock.holds();
            overlaps += lock.contract().count();
            rawOverlaps += lock.raw().count();
            tokenFalls += lock.tokenFalls().count();
            tokenRepeats += lock.tokenRepeats().count();
            accepted += lock.accepted();
            refused += lock.refused();
            staleWrites += lock.staleUses().count();
            jain += lock.fairness().jain();
            verdicts++;
            mostBypassed = Math.max(mostBypassed, lock.fairness().mostBypassed());
            takeovers.addAll(lock.takeovers());
            describe("overlap", lock.contract());
            describe("fallen token", lock.tokenFalls());
            describe("repeated token", lock.tokenRepeats());
            describe("stale write accepted", lock.staleUses());
            compareWithEarlier(lock.lockName(), round.holdings().holds().getOrDefault(lock.lockName(), List.of()));
        }
        lostUpdates += round.part().lostUpdates();
        outages += round.outages();
    }

    private void describe(String what, Findings<?> found) {
        for (Findings.Pair<?> pair : found.kept()) {
            if (findings.size() == MOST_FINDINGS) {
                return;
            }
            findings.add(what + ": " + pair.first() + " / " + pair.second());
        }
    }

    /** Rounds come one after the other, and so must the tokens of a lock. */
    private void compareWithEarlier(String lock, List<Hold> holdsOfLock) {
        LongSummaryStatistics tokens =
                holdsOfLock.stream().mapToLong(hold -> hold.acquired().token()).summaryStatistics();
        Long earlier = largestTokens.get(lock);
        if (earlier != null && tokens.getCount() > 0 && tokens.getMin() <= earlier) {
            tokenFalls++;
            findings.add("fallen token: '" + lock + "' was granted with " + tokens.getMin() + " in one round, and with "
                    + earlier + " in an earlier one");
        }
        if (tokens.getCount() > 0) {
            largestTokens.merge(lock, tokens.getMax(), Math::max);
        }
    }

    CampaignReport.Sums sums() {
        return new CampaignReport.Sums(
                holds,
                overlaps,
                rawOverlaps,
                tokenFalls,
                tokenRepeats,
                accepted,
                refused,
                staleWrites,
                lostUpdates,
                outages,
                verdicts == 0 ? 1 : jain / verdicts,
                mostBypassed);
    }

    List<Duration> takeovers() {
        return takeovers.stream().sorted().toList();
    }

    List<String> findings() {
        return List.copyOf(findings);
    }
}
