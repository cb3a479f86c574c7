// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.redis.Tally.Vote;
import dev.holdfast.redis.VoteCall.Answer;
import dev.holdfast.redis.VoteCall.Question;
import dev.holdfast.redis.link.Words;
import dev.holdfast.redis.script.Script;
import dev.holdfast.spi.Claim;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Renews the votes for many claims, one call per server. Only servers where the vote still stands are counted. If they are most, one that has
 * forgotten it is given it again, for the next round: what has been lost by most is lost.
 */
final class VoteRenewal {
    /** Redis does nothing else while a script runs, and this many keys take it a few tenths of a millisecond. */
    private static final int MOST = 128;

    private static final long MILLI = 1_000_000L;

    /**
     * What becomes of one claim.
     *
     * @param renewed most votes stand, and last for a whole lease time after this value of {@link System#nanoTime()}
     * @param gone so many votes are gone that the rest is not enough
     * @param unknown too few answered
     */
    record Outcome(LongConsumer renewed, Runnable gone, Consumer<BackendException> unknown) {}

    /** One claim in this round. */
    private record Item(Ballot ballot, Claim claim, Tally tally, List<Voter> forgot, Outcome outcome) {
        Item(Voters voters, Ballot ballot, Claim claim, Outcome outcome) {
            this(ballot, claim, new Tally(voters), new ArrayList<>(), outcome);
        }
    }

    private final Voters voters;
    private final List<Item> items;
    private final boolean[] done;
    private final Mailbox mailbox = new Mailbox();
    private final long startNanos = System.nanoTime();

    private VoteRenewal(Voters voters, List<Item> items) {
        this.voters = voters;
        this.items = items;
        done = new boolean[items.size()];
    }

    static void renew(Voters voters, List<Claim> claims) {
        for (int from = 0; from < claims.size(); from += MOST) {
            List<Item> items = new ArrayList<>();
            for (Claim claim : claims.subList(from, Math.min(claims.size(), from + MOST))) {
                Ballot ballot = Ballot.of(voters, claim);
                items.add(new Item(voters, ballot, claim, telling(ballot, claim)));
            }
            new VoteRenewal(voters, items).send();
        }
    }

    private static Outcome telling(Ballot ballot, Claim claim) {
        return new Outcome(
                ballot::renewed,
                () -> {
                    ballot.drop();
                    claim.gone(LeaseLoss.TAKEN_OVER);
                },
                claim::notRenewed);
    }

    /** Asks about one claim. */
    static void confirm(Voters voters, Ballot ballot, Claim claim, Outcome outcome) {
        new VoteRenewal(voters, List.of(new Item(voters, ballot, claim, outcome))).send();
    }

    private void send() {
        Words words = new Words(items.size() * 160);
        for (Item item : items) {
            words.add(item.ballot.questions().keys().lock())
                    .add(item.ballot.questions().keys().fence());
        }
        for (Item item : items) {
            words.add(item.ballot.vote())
                    .add(item.ballot.fence())
                    .add(item.ballot.questions().leaseMillis());
        }
        Question question = new Question(Script.RENEW_VOTES, 2 * items.size(), words, "renew locks", null);
        items.forEach(item -> voters.all().forEach(voter -> item.tally.set(voter, Vote.ASKED)));
        long wait = items.get(0).claim.giveUpNanos() - startNanos;
        voters.all().forEach(voter -> VoteCall.send(voter, question, answer -> mailbox.post(() -> answered(answer))));
        voters.schedule(() -> mailbox.post(() -> ends(wait)), wait);
    }

    private void answered(Answer answer) {
        for (int i = 0; i < items.size(); i++) {
            Tally tally = items.get(i).tally;
            Voter voter = answer.voter();
            switch ((int) answer.number(i)) {
                case 1 -> tally.set(voter, Vote.YES);
                case 2 -> {
                    tally.set(voter, Vote.NO);
                    forgot(i).add(voter);
                }
                case 0 -> tally.set(voter, Vote.NO);
                default -> tally.set(voter, Vote.FAULT, answer.fault());
            }
            judge(i);
        }
    }

    private List<Voter> forgot(int i) {
        return items.get(i).forgot;
    }

    private void ends(long wait) {
        for (int i = 0; i < items.size(); i++) {
            if (!done[i]) {
                items.get(i).tally.closes(wait / MILLI);
                judge(i);
            }
        }
    }

    private void judge(int i) {
        Item item = items.get(i);
        Tally tally = item.tally;
        if (tally.isWon()) {
            forgot(i).forEach(item.ballot::repair);
            forgot(i).clear();
        }
        if (done[i]) {
            return;
        }
        if (tally.isWon()) {
            done[i] = true;
            item.outcome.renewed.accept(startNanos);
        } else if (tally.count(Vote.NO) > voters.count() - voters.quorum()) {
            done[i] = true;
            item.outcome.gone.run();
        } else if (tally.count(Vote.YES) + tally.count(Vote.ASKED) < voters.quorum()) {
            done[i] = true;
            item.outcome.unknown.accept(tally.fault(item.claim.name(), "be renewed"));
        }
    }
}
