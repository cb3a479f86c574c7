// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How evenly a lock was granted. Nothing here is a promise.
 *
 * @param workers how many threads got the lock at least once
 * @param smallestShare the smallest number of grants of one of them
 * @param largestShare the largest
 * @param jain Jain's index of the shares: 1 if all are equal, 1/workers if one has all
 * @param mostBypassed the largest number of later arrivals that got the lock before somebody who waited
 */
public record Fairness(int workers, long smallestShare, long largestShare, double jain, int mostBypassed) {
    static Fairness of(List<Hold> holds) {
        Map<String, Long> shares = new HashMap<>();
        for (Hold hold : holds) {
            shares.merge(hold.acquired().pid() + "/" + hold.acquired().thread(), 1L, Long::sum);
        }
        double sum = 0;
        double squares = 0;
        for (long share : shares.values()) {
            sum += share;
            squares += (double) share * share;
        }
        return new Fairness(
                shares.size(),
                shares.values().stream().mapToLong(n -> n).min().orElse(0),
                shares.values().stream().mapToLong(n -> n).max().orElse(0),
                squares == 0 ? 1 : sum * sum / (shares.size() * squares),
                mostBypassed(holds));
    }

    /** Counts, for each grant in order, the earlier grants that were asked for later: a binary indexed tree over the order of asking. */
    private static int mostBypassed(List<Hold> holds) {
        Hold[] byCall = holds.toArray(Hold[]::new);
        Arrays.sort(byCall, Comparator.comparingLong(hold -> hold.acquired().callNanos()));
        Integer[] byGrant = new Integer[byCall.length];
        Arrays.setAll(byGrant, i -> i);
        Arrays.sort(byGrant, Comparator.comparingLong(i -> byCall[i].start()));
        int[] tree = new int[byCall.length + 1];
        int most = 0;
        int granted = 0;
        for (int rank : byGrant) {
            int askedEarlier = 0;
            for (int i = rank + 1; i > 0; i -= i & -i) {
                askedEarlier += tree[i];
            }
            most = Math.max(most, granted - askedEarlier);
            granted++;
            for (int i = rank + 1; i < tree.length; i += i & -i) {
                tree[i]++;
            }
        }
        return most;
    }
}
