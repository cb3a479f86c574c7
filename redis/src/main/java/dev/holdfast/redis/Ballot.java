// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.BackendException;
import dev.holdfast.redis.Tally.Vote;
import dev.holdfast.redis.VoteCall.Answer;
import dev.holdfast.spi.Claim;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A claim before several servers. Each attempt has a number of its own, which stands in its votes: a server never gives a vote to an attempt
 * that a later one has overtaken, and what takes an attempt's votes back never touches those of a later one. So an attempt that failed
 * needs nobody to confirm that it is over before the next one starts.
 *
 * <p>An attempt has two rounds. In the first, each server gives its vote if the lock is free there, and says which fence it can accept. The
 * largest of these is written back in the second, and the lock is held when most have confirmed that: so whoever gets most votes
 * later meets one that knows it.
 *
 * <p>All state belongs to the mailbox.
 */
final class Ballot extends BallotPaper {
    private static final long MILLI = 1_000_000L;

    /** So long before the engine would give up it is told why. */
    private static final long LEAD = 50 * MILLI;

    /** Every so many times all are asked although one said no: it may be the only one that remembers a holder who is gone. */
    private static final int ALL_OF = 8;

    private final Turn turn;

    private BallotPhase phase = BallotPhase.IDLE;
    private int asked;
    private int failures;

    /** Whether the claim has had its answer, although the attempt goes on. */
    private boolean told;

    private long wait;
    private long startNanos;
    private Tally tally;
    private Tally written;
    private long highest;

    private long validUntil;

    private Ballot(Voters voters, Claim claim) {
        super(voters, claim);
        turn = new Turn(voters);
        tally = new Tally(voters);
        written = new Tally(voters);
    }

    /** The claim's own, made when it is first needed. */
    static Ballot of(Voters voters, Claim claim) {
        Ballot known = ofKnown(claim);
        if (known != null) {
            return known;
        }
        Ballot ballot = new Ballot(voters, claim);
        claim.attach(ballot);
        return ballot;
    }

    /** The claim's own, or null if it was never asked for. */
    static @Nullable Ballot ofKnown(Claim claim) {
        return (Ballot) claim.attachment();
    }

    // Asking

    void acquire() {
        mailbox.post(() -> {
            asked++;
            told = false;
            if (phase == BallotPhase.HELD) {
                confirm();
            } else if (phase.isAsking() && System.nanoTime() - startNanos < waits.longest()) {
                // The answers that are under way are as good as new ones, and sooner here.
                tellLater();
            } else if (phase.isAsking()) {
                takeBackAll();
                start();
            } else if (phase != BallotPhase.QUEUED) {
                failures = 0;
                enter();
            }
        });
    }

    private void enter() {
        phase = BallotPhase.QUEUED;
        turn.await(mailbox, () -> {
            boolean wanted = phase == BallotPhase.QUEUED;
            if (wanted) {
                start();
            }
            return wanted;
        });
    }

    /** In time for the claim, what is known by then. */
    private void tellLater() {
        int call = asked;
        voters.schedule(
                () -> mailbox.post(() -> {
                    if (call == asked && (phase.isAsking() || phase == BallotPhase.PAUSED) && !told) {
                        told = true;
                        claim.failed(tally.fault(claim.name(), "be asked for"), true);
                    }
                }),
                claim.giveUpNanos() - System.nanoTime() - LEAD);
    }

    private void start() {
        nextAttempt();
        wait = Math.max(Waits.SHORTEST, Math.min(waits.first(), claim.giveUpNanos() - System.nanoTime() - LEAD));
        highest = 0;
        tally = new Tally(voters);
        written = new Tally(voters);
        startNanos = System.nanoTime();
        boolean likelyTaken = failures == 0 && (asked > 1 || voters.wasTakenLately(claim.key()));
        Voter anchor = claim.waits() && likelyTaken && asked % ALL_OF != 0 ? voters.anchor(claim.key()) : null;
        phase = anchor == null ? BallotPhase.VOTING : BallotPhase.FIRST_ONE;
        watch();
        if (anchor == null) {
            askTheRest();
        } else {
            ask(anchor);
        }
    }

    private void watch() {
        watch(wait, false);
    }

    private void watch(long nanos, boolean last) {
        Tally during = tally;
        BallotPhase then = phase;
        voters.schedule(() -> mailbox.post(() -> tooLate(during, then, last)), nanos);
    }

    private void askTheRest() {
        for (Voter voter : voters.all()) {
            if (tally.get(voter) == Vote.NONE && !voter.isUp()) {
                tally.set(voter, Vote.DOWN, voter.down());
            }
        }
        for (Voter voter : voters.all()) {
            if (tally.get(voter) == Vote.NONE && !tally.isHopeless()) {
                ask(voter);
            }
        }
        judge();
    }

    private void ask(Voter voter) {
        tally.set(voter, Vote.ASKED);
        long by = voter.link().clock().microsAfter(System.nanoTime() + waits.longest());
        Tally of = tally;
        send(voter, questions.ask(attempt(), by), answer -> voted(of, answer));
    }

    private void voted(Tally of, Answer answer) {
        if (of != tally || !phase.isAsking() || of.get(answer.voter()) != Vote.ASKED) {
            // Too late: what this attempt had was taken back after this was asked, or is held without this vote.
            of.set(answer.voter(), Vote.FAULT);
            if (of == tally && phase == BallotPhase.HELD && answer.number(0) == 1) {
                write(answer.voter());
            }
            return;
        }
        Voter voter = answer.voter();
        tally.take(answer);
        if (answer.number(0) == 1 && phase == BallotPhase.WRITING) {
            write(voter);
        } else if (answer.number(0) == 1) {
            highest = Math.max(highest, answer.number(1));
        }
        if (phase == BallotPhase.FIRST_ONE) {
            if (tally.get(voter) == Vote.NO) {
                fail(true);
            } else {
                phase = BallotPhase.VOTING;
                watch();
                askTheRest();
            }
        } else {
            judge();
        }
    }

    private void judge() {
        if (phase == BallotPhase.VOTING) {
            if (tally.isWon()) {
                writeAll();
            } else if (tally.isRefused()) {
                fail(true);
            } else if (tally.isHopeless()) {
                fail(false);
            }
        } else if (phase == BallotPhase.WRITING) {
            if (written.isWon()) {
                held();
            } else if (written.count(Vote.YES) + written.count(Vote.ASKED) + tally.count(Vote.ASKED)
                    < voters.quorum()) {
                fail(false);
            }
        }
    }

    private void writeAll() {
        phase = BallotPhase.WRITING;
        watch();
        for (Voter voter : voters.all()) {
            if (tally.get(voter) == Vote.YES || tally.get(voter) == Vote.UNCOUNTED) {
                write(voter);
            }
        }
        judge();
    }

    private void write(Voter voter) {
        written.set(voter, Vote.ASKED);
        int number = attempt();
        send(voter, questions.writeFence(attempt(), highest), answer -> wrote(number, answer));
    }

    private void wrote(int number, Answer answer) {
        if (number != attempt() || phase != BallotPhase.WRITING) {
            return;
        }
        Voter voter = answer.voter();
        if (answer.number(0) == 1) {
            written.set(voter, tally.get(voter) == Vote.YES ? Vote.YES : Vote.UNCOUNTED);
        } else {
            written.set(voter, Vote.FAULT);
            tally.set(voter, Vote.FAULT, answer.fault());
        }
        judge();
    }

    private void held() {
        if (System.nanoTime() - startNanos >= claim.leaseNanos()) {
            // The votes given first may be over by now.
            fail(false);
            return;
        }
        phase = BallotPhase.HELD;
        turn.end();
        grantedWith(highest);
        validUntil = startNanos + claim.leaseNanos();
        claim.granted(fence(), startNanos, claim.leaseNanos());
    }

    private void tooLate(Tally during, BallotPhase then, boolean last) {
        long millis = wait / MILLI;
        if (then == phase || then != BallotPhase.FIRST_ONE) {
            during.marksSilent(millis);
        }
        if (during != tally || phase != then) {
            return;
        }
        if (phase == BallotPhase.FIRST_ONE) {
            // The anchor keeps silent: without it.
            tally.closes(millis);
            phase = BallotPhase.VOTING;
            watch();
            askTheRest();
            return;
        }
        Tally round = phase == BallotPhase.VOTING ? tally : written;
        boolean undecided = round.count(Vote.YES) + round.count(Vote.NO) < voters.quorum();
        if (undecided && !last && waits.longest() > wait) {
            watch(waits.longest() - wait, true);
            tellLater();
            return;
        }
        round.closes(millis);
        fail(round.isRefused());
    }

    /** The attempt is over: whatever it has, or may get, is taken back. */
    private void fail(boolean taken) {
        boolean sent = takeBackAll();
        phase = BallotPhase.IDLE;
        turn.end();
        if (told) {
            return;
        }
        if (taken) {
            voters.wasTaken(claim.key());
            claim.busy(0);
            return;
        }
        BackendException fault = tally.fault(claim.name(), "be asked for");
        long now = System.nanoTime();
        long pause = Waits.pause(failures);
        failures++;
        if (!fault.isTransient() || claim.giveUpNanos() - now - pause - LEAD <= 0) {
            claim.failed(fault, sent);
            return;
        }
        phase = BallotPhase.PAUSED;
        int number = attempt();
        voters.schedule(() -> mailbox.post(() -> tryAgain(number)), pause);
    }

    /** Whether there may be anything. */
    private boolean takeBackAll() {
        List<Voter> given = tally.mayHaveVoted();
        given.forEach(voter -> TakingBack.one(this, voter));
        return !given.isEmpty();
    }

    private void tryAgain(int number) {
        if (number == attempt() && phase == BallotPhase.PAUSED && !told) {
            enter();
        }
    }

    /** It was granted before, and is asked for again: the same grant if most votes still stand. */
    private void confirm() {
        int number = attempt();
        VoteRenewal.Outcome outcome = new VoteRenewal.Outcome(
                sentNanos -> ifHeld(number, () -> {
                    validUntil = sentNanos + claim.leaseNanos();
                    claim.granted(fence(), sentNanos, claim.leaseNanos());
                }),
                () -> ifHeld(number, this::enter),
                fault -> claim.failed(fault, true));
        VoteRenewal.confirm(voters, this, claim, outcome);
    }

    private void ifHeld(int number, Runnable task) {
        mailbox.post(() -> {
            if (number == attempt() && phase == BallotPhase.HELD) {
                task.run();
            }
        });
    }

    // While it is held

    void renewed(long sentNanos) {
        mailbox.post(() -> {
            if (phase == BallotPhase.HELD && sentNanos + claim.leaseNanos() - validUntil > 0) {
                validUntil = sentNanos + claim.leaseNanos();
            }
        });
        claim.renewed(sentNanos);
    }

    /** A server has forgotten the vote, and is given it again: not for this round, but for the next one. */
    void repair(Voter voter) {
        mailbox.post(() -> {
            long now = System.nanoTime();
            if (phase != BallotPhase.HELD || validUntil - now <= 0 || !voter.isUp()) {
                return;
            }
            long end = Math.min(validUntil - now, waits.first());
            long by = voter.link().clock().microsAfter(now + end);
            send(voter, questions.repair(attempt(), fence(), by), answer -> {});
        });
    }

    // Leaving

    /** Gives everything back, and tells the claim. */
    void leave(long giveUpNanos, Runnable afterwards) {
        mailbox.post(() -> {
            turn.end();
            phase = BallotPhase.LEFT;
            TakingBack.all(this, mailbox, claim, waits.first(), giveUpNanos, afterwards);
        });
    }

    /** Most votes are gone: what is left of them is taken back, without telling anybody. */
    void drop() {
        mailbox.post(() -> {
            if (phase == BallotPhase.HELD) {
                phase = BallotPhase.LEFT;
                voters.all().forEach(voter -> TakingBack.one(this, voter));
            }
        });
    }
}
