// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.redis.VoteCall.Answer;
import dev.holdfast.redis.VoteCall.Question;
import dev.holdfast.spi.Claim;
import java.util.function.Consumer;

/** What a {@link Ballot} is about, and what stands in its votes now. */
abstract class BallotPaper {
    final Voters voters;
    final Claim claim;
    final VoteQuestions questions;
    final Waits waits;

    /** All state of the ballot belongs to it. */
    final Mailbox mailbox = new Mailbox();

    private volatile int attempt;

    /** Of the grant, or 0; read by renewals and releases of the same claim, which come after it. */
    private volatile long fence;

    BallotPaper(Voters voters, Claim claim) {
        this.voters = voters;
        this.claim = claim;
        questions = new VoteQuestions(claim, voters.clientName());
        waits = Waits.of(claim.leaseNanos());
    }

    final Voters voters() {
        return voters;
    }

    final VoteQuestions questions() {
        return questions;
    }

    /** What stands in the votes of this claim. */
    final String vote() {
        return questions.vote(attempt);
    }

    final int attempt() {
        return attempt;
    }

    final long fence() {
        return fence;
    }

    /** Within the mailbox. */
    final void nextAttempt() {
        int last = attempt;
        attempt = last + 1;
        fence = 0;
    }

    /** Within the mailbox. */
    final void grantedWith(long newFence) {
        fence = newFence;
    }

    /** What takes back all votes up to the last attempt. */
    final Question takeBack() {
        return questions.takeBack(attempt, fence);
    }

    /** Takes the answer in the mailbox. */
    final void send(Voter voter, Question question, Consumer<Answer> taking) {
        VoteCall.send(voter, question, answer -> mailbox.post(() -> taking.accept(answer)));
    }
}
