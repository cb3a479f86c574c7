// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockInfo;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Page;
import dev.holdfast.spi.Printable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Locks that the server keeps for a connection of this client. Requests about them come one after the other; waiting happens elsewhere. */
final class SessionLocks implements Requests {
    private final Database database;
    private final Holding holding;
    private final Waiters waiters;
    private final SessionQuestions questions;

    SessionLocks(Database database, Holding holding, Waiters waiters, SessionQuestions questions) {
        this.database = database;
        this.holding = holding;
        this.waiters = waiters;
        this.questions = questions;
    }

    @Nullable
    HoldingSession session() {
        return holding.session();
    }

    @Override
    public void acquire(Claim claim) {
        Seat seat = Seat.of(claim);
        long giveUp = claim.giveUpNanos();
        seat.submit(Seat.Kind.ACQUIRE, () -> acquire(claim, seat, giveUp), holding);
    }

    /** What became of a claim that asked. */
    private record Answer(
            HoldingSession session,
            long revision,
            long waitNanos,
            @Nullable CallFailure failure) {
        static Answer of(HoldingSession session, long revision) {
            return new Answer(session, revision, 0, null);
        }
    }

    private void acquire(Claim claim, Seat seat, long giveUpNanos) {
        if (seat.hasLeft()) {
            return;
        }
        try {
            if (giveUpNanos - System.nanoTime() <= 0) {
                throw new CallFailure(tooLate(claim), false, false);
            }
            Answer answer = holding.ask(claim.name(), "acquire", session -> take(session, claim));
            if (answer.failure != null) {
                throw answer.failure;
            } else if (answer.revision > 0) {
                waiters.remove(claim);
                claim.granted(answer.revision, answer.session);
            } else if (answer.waitNanos > 0) {
                claim.busy(answer.waitNanos);
            } else if (claim.waits()) {
                waiters.add(claim);
                claim.queued();
            } else {
                claim.busy(0);
            }
        } catch (CallFailure e) {
            claim.failed(e.fault(), e.mayHaveApplied());
        }
    }

    /** The server would grant a lock once more to the connection that has it, so what is held here is known here. */
    private Answer take(HoldingSession session, Claim claim) throws SQLException {
        Long known = session.revisionOf(claim.key(), claim.id());
        if (known != null) {
            return Answer.of(session, known);
        }
        if (session.holds(claim.key())) {
            return Answer.of(session, 0);
        }
        long wait = session.takesFrom() - System.nanoTime();
        if (wait > 0) {
            return new Answer(session, 0, wait, null);
        }
        try {
            return Answer.of(session, session.take(claim.key(), claim.id(), claim.ownerLabel()));
        } catch (SQLException e) {
            if (FaultKind.of(e) != FaultKind.FULL || session.holds(claim.key())) {
                throw e;
            }
            session.undo(List.of(claim.key()));
            // What was held before is held still.
            return new Answer(session, 0, 0, holding.failure(claim.name(), "acquire", FaultKind.FULL, e, false));
        }
    }

    private BackendException tooLate(Claim claim) {
        return database.faults()
                .transientFault(
                        claim.name(),
                        "Could not acquire the lock " + Printable.quoted(claim.name())
                                + ": the connection that holds locks, at "
                                + database.source().where() + ", was busy until its time was over",
                        null);
    }

    @Override
    public void leave(Claim claim) {
        Seat seat = Seat.of(claim);
        seat.submit(Seat.Kind.LEAVE, () -> leaves(claim), holding);
    }

    private void leaves(Claim claim) {
        waiters.remove(claim);
        HoldingSession session = holding.session();
        if (session == null || session.revisionOf(claim.key(), claim.id()) == null) {
            // Never granted, or gone with its connection.
            claim.freed(false);
            return;
        }
        try {
            claim.freed(holding.ask(claim.name(), "release", current -> {
                boolean held = current.revisionOf(claim.key(), claim.id()) != null;
                if (held) {
                    current.release(List.of(claim.key()));
                }
                return held;
            }));
        } catch (CallFailure e) {
            claim.notFreed(e.fault());
        }
    }

    /** Not asked for locks of a session but to be sure. */
    @Override
    public void renew(List<Claim> claims) {
        holding.execute(() -> verify(claims));
    }

    private void verify(List<Claim> claims) {
        List<Claim> held = heldIn(holding.session(), claims, claim -> claim.gone(LeaseLoss.SESSION_CLOSED));
        if (held.isEmpty()) {
            return;
        }
        long sent = System.nanoTime();
        try {
            holding.ask(null, "verify " + held.size() + " locks", current -> {
                current.ping();
                return true;
            });
            held.forEach(claim -> claim.renewed(sent));
        } catch (CallFailure e) {
            held.forEach(claim -> claim.notRenewed(e.fault()));
        }
    }

    /** Those that hold their locks in a session; the others are told that they do not. */
    private static List<Claim> heldIn(@Nullable HoldingSession session, List<Claim> claims, Consumer<Claim> gone) {
        List<Claim> held = new ArrayList<>();
        for (Claim claim : claims) {
            if (session != null && session.revisionOf(claim.key(), claim.id()) != null) {
                held.add(claim);
            } else {
                gone.accept(claim);
            }
        }
        return held;
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        for (Claim claim : claims) {
            waiters.remove(claim);
            Seat.of(claim).leaves();
        }
        CountDownLatch done = new CountDownLatch(1);
        holding.execute(() -> {
            releaseTogether(claims);
            done.countDown();
        });
        try {
            boolean unused = done.await(Math.max(0, giveUpNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void releaseTogether(List<Claim> claims) {
        HoldingSession session = holding.session();
        List<Claim> held = heldIn(session, claims, claim -> claim.freed(false));
        if (held.isEmpty()) {
            return;
        }
        try {
            boolean freed = holding.ask(null, "release " + held.size() + " locks", current -> {
                if (current == session) {
                    current.release(held.stream().map(Claim::key).toList());
                }
                return current == session;
            });
            held.forEach(claim -> claim.freed(freed));
        } catch (CallFailure e) {
            held.forEach(claim -> claim.notFreed(e.fault()));
        }
    }

    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        return questions.inspect(key);
    }

    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        return questions.list();
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        return questions.forceRelease(key);
    }

    /** Ends the connection, and all that it holds. */
    @Override
    public void close() {
        holding.close();
    }
}
