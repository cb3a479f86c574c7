// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.redis.Tally.Vote;
import dev.holdfast.redis.VoteCall.Answer;
import dev.holdfast.spi.Claim;

/**
 * Takes the votes of a claim back, on all servers. The lock is free once most have confirmed it: then nobody is kept from getting most votes.
 * The others were told too, and forget the vote in any case when its lease ends.
 */
final class TakingBack {
    private static final long MILLI = 1_000_000L;

    /** So long before the engine would give up it is told why. */
    private static final long LEAD = 50 * MILLI;

    private final Ballot ballot;
    private final Claim claim;
    private final Runnable afterwards;
    private final Tally tally;
    private boolean impatient;
    private boolean over;

    private TakingBack(Ballot ballot, Claim claim, Runnable afterwards) {
        this.ballot = ballot;
        this.claim = claim;
        this.afterwards = afterwards;
        tally = new Tally(ballot.voters());
    }

    /** Takes one vote back that may have been given to an attempt that failed. */
    static void one(Ballot ballot, Voter voter) {
        VoteCall.sendSurely(voter, ballot.takeBack(), answer -> {
            // Whatever is left ends with its lease.
        });
    }

    /** Takes all votes back and tells the claim; within the mailbox. */
    static void all(Ballot ballot, Mailbox mailbox, Claim claim, long wait, long giveUpNanos, Runnable afterwards) {
        TakingBack round = new TakingBack(ballot, claim, afterwards);
        Voters voters = ballot.voters();
        voters.all().forEach(voter -> round.tally.set(voter, Vote.ASKED));
        for (Voter voter : voters.all()) {
            VoteCall.sendSurely(voter, ballot.takeBack(), answer -> mailbox.post(() -> round.took(answer)));
        }
        voters.schedule(() -> mailbox.post(round::grow), wait);
        long end = Math.max(wait, giveUpNanos - System.nanoTime() - LEAD);
        voters.schedule(() -> mailbox.post(() -> round.end(end)), end);
    }

    private void took(Answer answer) {
        Voter voter = answer.voter();
        if (answer.reply() == null) {
            tally.set(voter, Vote.FAULT, answer.fault());
        } else {
            // If the connection broke under the first try, that was probably the one that found the vote.
            tally.set(voter, answer.number(0) == 1 || answer.again() ? Vote.YES : Vote.NO);
        }
        judge();
    }

    /** Those that have not answered by now are not waited for, if most have. */
    private void grow() {
        impatient = true;
        judge();
    }

    private void end(long wait) {
        if (!over) {
            impatient = true;
            tally.closes(wait / MILLI);
            judge();
        }
    }

    private void judge() {
        if (over) {
            return;
        }
        int quorum = ballot.voters().quorum();
        int gone = tally.count(Vote.YES);
        int answered = gone + tally.count(Vote.NO);
        int open = tally.count(Vote.ASKED);
        if (gone >= quorum || (answered >= quorum && gone + open < quorum)) {
            free(gone >= quorum);
        } else if (answered >= quorum && (impatient || open == 0)) {
            // The silent ones may have had the vote.
            free(gone > 0);
        } else if (answered + open < quorum) {
            over = true;
            claim.notFreed(tally.fault(claim.name(), "be released"));
            afterwards.run();
        }
    }

    private void free(boolean held) {
        over = true;
        claim.freed(held);
        afterwards.run();
    }
}
