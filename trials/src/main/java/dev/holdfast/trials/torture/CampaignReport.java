// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.Tier;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Campaign} against one store found.
 *
 * @param tier how far the store can be trusted, as the client found when it was opened
 * @param lease the lease that the store granted; zero if locks end with their process and not before
 * @param time how long the faults went on
 * @param control overlaps of the known-bad lock
 * @param sums what was counted
 * @param faults what became of each kind of fault
 * @param overlapsInPeace overlaps by contract while no fault was felt
 * @param events every fault, in order; their times count from the first one, without the time between rounds
 * @param takeovers how long it took until a killed holder was followed, shortest first
 * @param findings the first contradictions, in words
 * @param leftovers what was left in the store
 * @param cutShort why the run ended early, or null if it did not
 */
public record CampaignReport(
        Tier tier,
        Duration lease,
        Duration time,
        long control,
        Sums sums,
        List<FaultTally> faults,
        long overlapsInPeace,
        List<Fault> events,
        List<Duration> takeovers,
        List<String> findings,
        Leftovers leftovers,
        @Nullable String cutShort) {
    /** What is to be concluded. */
    public enum Conclusion {
        /** Every promise of its tier was kept. */
        KEPT,
        /** There were overlaps, but only those that a store of tier E may show when a server of it is stopped. */
        KEPT_AS_ITS_TIER_ALLOWS,
        /** A promise was broken. */
        BROKEN,
        /** Nothing follows: the known-bad lock was not caught, nothing was held or attacked, or the run was cut short. */
        PROVES_NOTHING
    }

    /**
     * What was counted over all rounds and locks.
     *
     * @param holds grants
     * @param overlaps overlaps by contract
     * @param rawOverlaps overlaps of holds that are not cut at loss and deadline
     * @param tokenFalls tokens smaller than an earlier one's
     * @param tokenRepeats tokens that were given twice
     * @param accepted writes that the resource accepted
     * @param refused writes that it refused
     * @param staleWrites writes that it accepted after one with a larger token
     * @param lostUpdates updates that went lost, at least
     * @param outages requests that the store failed
     * @param jain Jain's index of the shares of the workers, the mean of all rounds and locks; 1 if all are equal
     * @param mostBypassed how many later arrivals got a lock before somebody who waited, at most
     */
    public record Sums(
            long holds,
            long overlaps,
            long rawOverlaps,
            long tokenFalls,
            long tokenRepeats,
            long accepted,
            long refused,
            long staleWrites,
            long lostUpdates,
            long outages,
            double jain,
            int mostBypassed) {}

    /**
     * Whether one holder was followed by another too soon, against the store's tier.
     *
     * @return overlaps by contract that the tier does not allow
     */
    public long forbiddenOverlaps() {
        return tier == Tier.E ? sums.overlaps - allowedOverlaps() : sums.overlaps;
    }

    /**
     * Overlaps that the tier allows: none on tier L; on tier E those after a server was stopped.
     *
     * @return how many
     */
    public long allowedOverlaps() {
        return tier == Tier.E
                ? faults.stream()
                        .filter(fault -> fault.kind() == FaultKind.STOP_SERVER)
                        .mapToLong(FaultTally::overlaps)
                        .sum()
                : 0;
    }

    /**
     * Whether tokens rose, each for one grant.
     *
     * @return true if so
     */
    public boolean isFenced() {
        return sums.tokenFalls == 0 && sums.tokenRepeats == 0;
    }

    /**
     * Whether the run could have found something.
     *
     * @return true if the known-bad lock was caught, and the store's locks were held, and every kind of fault was done
     */
    public boolean isValid() {
        return control > 0 && sums.holds > 0 && faults.stream().allMatch(fault -> fault.done() > 0);
    }

    /**
     * The conclusion. A broken promise is one even if the run was cut short.
     *
     * @return what follows
     */
    public Conclusion conclusion() {
        boolean left = !leftovers.stuck().isEmpty() || !leftovers.held().isEmpty();
        if (control > 0 && (forbiddenOverlaps() > 0 || !isFenced() || sums.staleWrites > 0 || left)) {
            return Conclusion.BROKEN;
        }
        if (!isValid() || cutShort != null || leftovers.unknown() != null) {
            return Conclusion.PROVES_NOTHING;
        }
        return sums.overlaps > 0 ? Conclusion.KEPT_AS_ITS_TIER_ALLOWS : Conclusion.KEPT;
    }
}
