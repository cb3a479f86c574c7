// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.BackendException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the servers answered to one question, and whether that is enough. Not thread-safe. */
final class Tally {
    /** What one server said. */
    enum Vote {
        /** Was not asked. */
        NONE,
        /** Was asked, and has not answered. */
        ASKED,
        /** Yes. */
        YES,
        /** Yes, from a server that does not count now. */
        UNCOUNTED,
        /** No. */
        NO,
        /** Could not be asked. */
        DOWN,
        /** Cannot say, or does not in time. */
        FAULT
    }

    private final Voters voters;
    private final Vote[] votes;
    private final @Nullable BackendException[] faults;

    Tally(Voters voters) {
        this.voters = voters;
        votes = new Vote[voters.count()];
        Arrays.fill(votes, Vote.NONE);
        faults = new BackendException[voters.count()];
    }

    void set(Voter voter, Vote vote) {
        votes[voter.index()] = vote;
    }

    void set(Voter voter, Vote vote, @Nullable BackendException fault) {
        set(voter, vote);
        faults[voter.index()] = fault;
    }

    /** Takes what a server answers when it is asked for its vote. */
    void take(VoteCall.Answer answer) {
        Voter voter = answer.voter();
        switch ((int) answer.number(0)) {
            case 1 -> {
                boolean counts = voter.counts();
                set(voter, counts ? Vote.YES : Vote.UNCOUNTED, counts ? null : voter.whyNotCounted());
            }
            case 3 -> set(voter, Vote.NO);
            case 4 ->
                set(
                        voter,
                        Vote.FAULT,
                        Faults.transientFault(null, "Redis at " + voter + " got the request too late to act on it"));
            default -> set(voter, Vote.FAULT, answer.fault());
        }
    }

    /** Those that were asked, and did not refuse. */
    List<Voter> mayHaveVoted() {
        return voters.all().stream()
                .filter(voter -> get(voter) != Vote.NONE && get(voter) != Vote.NO && get(voter) != Vote.DOWN)
                .toList();
    }

    Vote get(Voter voter) {
        return votes[voter.index()];
    }

    int count(Vote which) {
        int count = 0;
        for (Vote vote : votes) {
            count += vote == which ? 1 : 0;
        }
        return count;
    }

    /** How many may still say yes. */
    private int open() {
        return count(Vote.NONE) + count(Vote.ASKED);
    }

    boolean isWon() {
        return count(Vote.YES) >= voters.quorum();
    }

    /** Whether most have answered so, that not enough can say yes. */
    boolean isRefused() {
        return count(Vote.NO) > 0
                && count(Vote.YES) + open() < voters.quorum()
                && count(Vote.YES) + count(Vote.NO) >= voters.quorum();
    }

    /** Whether neither enough yes nor enough answers can come any more. */
    boolean isHopeless() {
        return count(Vote.YES) + open() < voters.quorum()
                && count(Vote.YES) + count(Vote.NO) + open() < voters.quorum();
    }

    /** Those that were asked and have not answered are known to be slow, but may still answer. */
    void marksSilent(long millis) {
        for (Voter voter : voters.all()) {
            if (get(voter) == Vote.ASKED) {
                voter.kept(millis);
            }
        }
    }

    /** Those that were asked and do not answer are not waited for any more. */
    void closes(long millis) {
        marksSilent(millis);
        for (Voter voter : voters.all()) {
            if (get(voter) == Vote.ASKED) {
                set(
                        voter,
                        Vote.FAULT,
                        Faults.transientFault(null, "Redis at " + voter + " did not answer within " + millis + " ms"));
            }
        }
    }

    /** Why not enough answered. */
    BackendException fault(@Nullable String lock, String what) {
        List<BackendException> reasons = new ArrayList<>();
        for (Voter voter : voters.all()) {
            BackendException fault = faults[voter.index()];
            if (get(voter) == Vote.ASKED) {
                reasons.add(Faults.transientFault(null, "Redis at " + voter + " has not answered yet"));
            } else if (fault != null) {
                reasons.add(fault);
            }
        }
        return fault(voters, lock, what, reasons);
    }

    /** For good only if so many failed for good that the others are not enough. */
    static BackendException fault(Voters voters, @Nullable String lock, String what, List<BackendException> reasons) {
        List<BackendException> forGood =
                reasons.stream().filter(reason -> !reason.isTransient()).toList();
        StringBuilder text = new StringBuilder("The lock")
                .append(lock == null ? "s" : " '" + lock + "'")
                .append(" could not ")
                .append(what)
                .append(": ")
                .append(reasons.size())
                .append(" of ")
                .append(voters.count())
                .append(" servers cannot be counted, and ")
                .append(voters.quorum())
                .append(" must agree");
        for (BackendException reason : reasons) {
            text.append("; ").append(reason.getMessage());
        }
        BackendException cause = reasons.isEmpty() ? null : reasons.get(0);
        if (forGood.size() > voters.count() - voters.quorum()) {
            return BackendException.fatal(RedlockBackend.ID, lock, text.toString(), forGood.get(0));
        }
        return BackendException.transientFault(RedlockBackend.ID, lock, text.toString(), cause);
    }
}
