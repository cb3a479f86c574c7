// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.ReleaseResult;
import dev.holdfast.internal.engine.StoreClaim.Answer;
import dev.holdfast.internal.engine.StoreClaim.State;
import dev.holdfast.spi.Session;
import dev.holdfast.spi.Token;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The store's side of a {@link LocalQueue}: its current claim, what is asked of the store for it, and what the store's answers and their
 * absence mean. At most one claim is asked for at a time, and not while an earlier one may still hold the lock; one that leaves the store
 * after that goes its way alone.
 *
 * <p>Methods that answers, events and the keeper call are transitions; all others are steps of one, called under the queue's mutex.
 */
final class StoreSide {
    /** The slow re-check of a place in the store's line, because pushes get lost. */
    private static final long LONGEST_RECHECK = 5_000_000_000L;

    private static final long LONGEST_BACKOFF = 1_000_000_000L;

    private final LocalQueue queue;
    private final Engine engine;
    private final Outbox outbox;
    private @Nullable StoreClaim claim;

    /** After handovers on a store where nobody can tell whether others wait: not to ask before this. */
    private long pausedUntil = Nanos.NEVER;

    /** When the store last answered anything about this name. */
    private long answeredAt;

    StoreSide(LocalQueue queue, Outbox outbox) {
        this.queue = queue;
        this.outbox = outbox;
        engine = queue.engine;
        answeredAt = engine.platform.nanoTime();
    }

    /** Whether the store has answered anything since some time. */
    boolean answeredSince(long nanos) {
        return answeredAt - nanos >= 0;
    }

    /** The current claim, in whatever state it is, or null. */
    @Nullable
    StoreClaim claim() {
        return claim;
    }

    // What the store answers

    void granted(StoreClaim to, long revision, long sentNanos, long leaseNanos, @Nullable Session session) {
        queue.mutex.lock();
        long now = engine.platform.nanoTime();
        switch (to.state) {
            case CLAIMING -> {
                answeredAt = now;
                to.mayExist = true;
                long validUntil = session == null ? Nanos.validUntil(sentNanos, leaseNanos) : session.validUntilNanos();
                if (Nanos.isPast(validUntil, now)) {
                    // The answer took longer than the lease: of no use to anybody, and perhaps somebody else's by now.
                    leave(to, now);
                } else {
                    hold(to, revision, validUntil, leaseNanos, session, now);
                    if (session == null) {
                        to.countFrom(sentNanos);
                    }
                }
                queue.pump(now);
                arm(to);
            }
            case HELD -> {
                if (session == null && revision == to.revision()) {
                    extend(to, sentNanos, now);
                }
            }
            case LEAVING -> to.ghost = true;
            case GONE -> {
                leave(to, now);
                engine.departs(to);
            }
        }
        queue.finish(false);
    }

    private void hold(
            StoreClaim to, long revision, long validUntil, long leaseNanos, @Nullable Session session, long now) {
        try {
            to.hold(revision, validUntil, leaseNanos, session, now);
        } catch (ArithmeticException e) {
            queue.failAll(BackendException.fatal(
                    engine.backendId(),
                    queue.lockName,
                    "The store's revision " + revision + " cannot be made a token: it must be from 1 to "
                            + Token.LARGEST_REVISION,
                    e));
            leave(to, now);
            return;
        }
        if (session == null) {
            engine.keeper.leaseHeld();
        }
        Ticket first = queue.line().first();
        if (first != null && first.terms.sameLease(to.terms)) {
            queue.assign(to, first, now);
        }
    }

    /** The lock is taken: queued or busy. */
    void taken(StoreClaim asked, Answer answer, long retryAfterNanos) {
        queue.mutex.lock();
        long now = engine.platform.nanoTime();
        switch (asked.state) {
            case CLAIMING -> {
                boolean again = answer == Answer.BUSY
                        && !asked.waits()
                        && queue.line().hasPatient()
                        && engine.deployment().line();
                boolean woken = asked.askAgain;
                answeredAt = now;
                asked.answered(answer);
                queue.answerAllOnce(Ticket.State.BUSY, null);
                if (answer == Answer.QUEUED) {
                    asked.nextAskAt = Nanos.after(now, Math.min(LONGEST_RECHECK, asked.terms.leaseNanos / 2));
                } else {
                    long pause = retryAfterNanos > 0 ? retryAfterNanos : asked.terms.pollNanos;
                    asked.nextAskAt = Nanos.after(now, jittered(Math.min(LONGEST_RECHECK, pause)));
                }
                queue.pump(now);
                if ((again || (woken && answer == Answer.BUSY)) && asked.state == State.CLAIMING) {
                    ask(asked, now);
                }
                arm(asked);
            }
            case HELD -> {}
            case LEAVING -> asked.ghost |= answer == Answer.QUEUED;
            case GONE -> {
                if (answer == Answer.QUEUED) {
                    leave(asked, now);
                    engine.departs(asked);
                }
            }
        }
        queue.finish(false);
    }

    void failed(StoreClaim asked, BackendException cause, boolean mayHaveApplied) {
        queue.mutex.lock();
        long now = engine.platform.nanoTime();
        switch (asked.state) {
            case CLAIMING -> {
                unanswered(asked, cause, mayHaveApplied, now);
                queue.pump(now);
                arm(asked);
            }
            case HELD -> {}
            case LEAVING -> asked.ghost |= mayHaveApplied;
            case GONE -> {
                if (mayHaveApplied) {
                    leave(asked, now);
                    engine.departs(asked);
                }
            }
        }
        queue.finish(false);
    }

    void renewed(StoreClaim held, long sentNanos) {
        queue.mutex.lock();
        if (held.state == State.HELD) {
            extend(held, sentNanos, engine.platform.nanoTime());
        }
        queue.finish(false);
    }

    void notRenewed(StoreClaim held, BackendException cause) {
        queue.mutex.lock();
        if (held.state == State.HELD) {
            long now = engine.platform.nanoTime();
            renewalFailed(held, cause, now);
            queue.pump(now);
            arm(held);
        }
        queue.finish(false);
    }

    /** The store says that the claim no longer holds the lock. */
    void gone(StoreClaim held, LeaseLoss why) {
        queue.mutex.lock();
        if (held.state == State.HELD) {
            lost(held, why);
        } else if (held.state == State.CLAIMING) {
            // It has been granted and taken away; the answer that says "granted" is still on its way, and must find
            // nobody.
            long now = engine.platform.nanoTime();
            held.mayExist = true;
            leave(held, now);
            queue.pump(now);
        }
        queue.finish(false);
    }

    private void lost(StoreClaim held, LeaseLoss why) {
        queue.loseTurn(why);
        if (held.session() == null) {
            engine.keeper.leaseOver();
        }
        end(held, ReleaseResult.ALREADY_LOST);
        queue.pump(engine.platform.nanoTime());
    }

    void freed(StoreClaim left, boolean held) {
        queue.mutex.lock();
        if (left.state == State.LEAVING) {
            long now = engine.platform.nanoTime();
            answeredAt = now;
            left.wasFreed |= held;
            if (left.ghost) {
                left.ghost = false;
                left.asks(now, false, left.terms.callNanos);
                outbox.withdraw(left);
                arm(left);
            } else {
                // When an earlier try was not confirmed, it may have been the one that freed the lock; the lease was
                // valid then.
                boolean ours = left.wasFreed || left.failures > 0;
                end(left, ours ? ReleaseResult.RELEASED : ReleaseResult.ALREADY_LOST);
                queue.pump(now);
            }
        }
        queue.finish(false);
    }

    void notFreed(StoreClaim left, BackendException cause) {
        queue.mutex.lock();
        if (left.state == State.LEAVING) {
            notFreed(left, cause, engine.platform.nanoTime());
            arm(left);
        }
        queue.finish(false);
    }

    private void notFreed(StoreClaim left, BackendException cause, long now) {
        left.failure = cause;
        tryAgainLater(left, now);
        if (claim == left) {
            failSilenced(left, cause, now);
        }
    }

    // What the backend tells unasked

    void wake() {
        queue.mutex.lock();
        StoreClaim waiting = claim;
        if (waiting != null && waiting.state == State.CLAIMING) {
            if (waiting.asking) {
                waiting.askAgain = true;
            } else {
                ask(waiting, engine.platform.nanoTime());
            }
        }
        queue.finish(false);
    }

    void contended(StoreClaim held) {
        queue.mutex.lock();
        // It may come before the grant that it is about.
        if (held.state == State.HELD || held.state == State.CLAIMING) {
            long now = engine.platform.nanoTime();
            held.contend(now);
            queue.pump(now);
        }
        queue.finish(false);
    }

    void sessionLost(Session session, LeaseLoss why) {
        queue.mutex.lock();
        StoreClaim bound = claim;
        if (bound != null && bound.session() == session) {
            sessionLost(bound, why);
        }
        queue.finish(false);
    }

    /** A claim that leaves on its own has nothing left to free. */
    void departedWith(Session session, StoreClaim left) {
        queue.mutex.lock();
        if (left.state == State.LEAVING && left.session() == session) {
            sessionLost(left, LeaseLoss.SESSION_CLOSED);
        }
        queue.finish(false);
    }

    private void sessionLost(StoreClaim bound, LeaseLoss why) {
        if (bound.state == State.HELD) {
            lost(bound, why);
        } else if (bound.state == State.LEAVING && bound.wasHeld) {
            end(bound, ReleaseResult.RELEASED);
            queue.pump(engine.platform.nanoTime());
        }
    }

    void verify() {
        queue.mutex.lock();
        StoreClaim held = claim;
        if (held != null && held.state == State.HELD && held.isRenewable() && !held.renewing) {
            held.nextRenewalAt = engine.platform.nanoTime();
            arm(held);
        }
        queue.finish(false);
    }

    // What time brings

    void fired(StoreClaim due, long now) {
        queue.mutex.lock();
        switch (due.state) {
            case CLAIMING -> {
                if (due.asking && Nanos.isPast(due.giveUpAt(), now)) {
                    unanswered(due, noAnswer(due.terms.callNanos), true, now);
                } else if (!due.asking && Nanos.isPast(due.nextAskAt, now)) {
                    ask(due, now);
                }
            }
            case HELD -> keep(due, now);
            case LEAVING -> goOnLeaving(due, now);
            case GONE -> {}
        }
        queue.pump(now);
        arm(due);
        queue.finish(false);
    }

    private void keep(StoreClaim held, long now) {
        if (Nanos.isPast(held.validUntil(), now)) {
            lose(held, now);
            return;
        }
        if (held.renewing && Nanos.isPast(held.renewalGiveUpAt, now)) {
            renewalFailed(held, noAnswer(held.renewalTimeout()), now);
        }
        if (held.state == State.HELD && !held.renewing && Nanos.isPast(held.nextRenewalAt, now)) {
            held.renews(now);
            engine.keeper.renewNow(held);
        }
    }

    private void goOnLeaving(StoreClaim left, long now) {
        if (Nanos.isPast(left.overAt, now)) {
            end(left, ReleaseResult.UNCONFIRMED);
            return;
        }
        if (left.outcome == null && Nanos.isPast(left.confirmBy, now)) {
            settle(left, ReleaseResult.UNCONFIRMED);
        }
        if (claim == left && Nanos.isPast(left.blocksUntil, now)) {
            claim = null;
            engine.departs(left);
        }
        if (left.asking && Nanos.isPast(left.giveUpAt(), now)) {
            notFreed(left, noAnswer(left.terms.callNanos), now);
        }
        if (!left.asking && Nanos.isPast(left.nextAskAt, now)) {
            left.asks(now, false, left.terms.callNanos);
            sendLeave(left, null);
        }
    }

    // Steps

    void claimNext(long now) {
        Ticket first = queue.line().first();
        if (first == null) {
            return;
        }
        StoreClaim next = new StoreClaim(queue, first.terms);
        claim = next;
        long pause = pausedUntil;
        pausedUntil = Nanos.NEVER;
        if (pause == Nanos.NEVER || Nanos.isPast(pause, now) || queue.line().hasOnce()) {
            ask(next, now);
        } else {
            next.nextAskAt = pause;
            arm(next);
        }
    }

    void ask(StoreClaim next, long now) {
        ask(next, now, next.terms.callNanos);
    }

    void ask(StoreClaim next, long now, long timeout) {
        next.asks(now, queue.line().hasPatient(), timeout);
        outbox.acquire(next);
    }

    /** A ticket that is here for one answer does not wait for the next turn of a poll. */
    void askFor(Ticket ticket, long now) {
        StoreClaim current = claim;
        if (ticket.once
                && ticket.state == Ticket.State.WAITING
                && current != null
                && current.state == State.CLAIMING
                && !current.asking) {
            ask(current, now);
        }
    }

    void giveBack(StoreClaim held, Ticket first, long now) {
        if (engine.deployment().line()) {
            StoreClaim next = new StoreClaim(queue, first.terms);
            next.asks(now, queue.line().hasPatient(), next.terms.callNanos);
            claim = next;
            engine.departs(held);
            leave(held, next, now);
        } else {
            if (held.turn > 0 && !engine.deployment().demand()) {
                pausedUntil = Nanos.after(now, held.terms.pollNanos);
            }
            leave(held, now);
        }
    }

    private void extend(StoreClaim held, long sentNanos, long now) {
        if (Nanos.isPast(held.validUntil(), now)) {
            // A lease that was invalid for a moment never becomes valid again.
            lose(held, now);
        } else {
            answeredAt = now;
            held.countFrom(sentNanos);
        }
        queue.pump(now);
        arm(held);
    }

    /** The claim's deadline has passed: nobody here holds the lock any more, whatever the store thinks. */
    void lose(StoreClaim held, long now) {
        boolean silent = held.renewing || held.renewalFailure != null || held.session() != null;
        queue.loseTurn(silent ? LeaseLoss.BACKEND_UNREACHABLE : LeaseLoss.EXPIRED);
        leave(held, now);
    }

    private void renewalFailed(StoreClaim held, BackendException cause, long now) {
        held.renewing = false;
        held.renewalFailure = cause;
        held.refreshed();
        held.nextRenewalAt = Nanos.after(now, jittered(Math.min(LONGEST_BACKOFF, held.grantedLeaseNanos() / 16)));
        Ticket ticket = queue.holder();
        queue.afterwards(() -> engine.logRenewalFailure(queue.lockName, cause));
        if (ticket != null && engine.hasListeners()) {
            queue.announce(ticket, () -> engine.tellRenewalFailed(ticket, cause));
        }
    }

    private void unanswered(StoreClaim asked, BackendException cause, boolean mayHaveApplied, long now) {
        asked.mayExist |= mayHaveApplied;
        asked.failure = cause;
        asked.answer = Answer.FAILED;
        tryAgainLater(asked, now);
        if (cause.isTransient()) {
            queue.answerAllOnce(Ticket.State.FAILED, cause);
            failSilenced(asked, cause, now);
        } else {
            queue.failAll(cause);
        }
    }

    /** Waiters without a deadline give up after a lease time without an answer. */
    private void failSilenced(StoreClaim asked, BackendException cause, long now) {
        queue.line().forEach(ticket -> {
            long silentSince = Nanos.later(ticket.enteredAt, answeredAt);
            if (ticket.deadline == Nanos.NEVER && now - silentSince >= asked.terms.leaseNanos) {
                queue.answer(ticket, cause);
            }
        });
    }

    private void tryAgainLater(StoreClaim asked, long now) {
        asked.asking = false;
        asked.failures++;
        long backoff = asked.terms.pollNanos << Math.min(10, asked.failures - 1);
        asked.nextAskAt = Nanos.after(now, jittered(Math.min(LONGEST_BACKOFF, backoff)));
    }

    void leave(StoreClaim left, long now) {
        leave(left, null, now);
    }

    /** Begins to release or withdraw a claim; the queue makes no new one until that is confirmed or too old to matter. */
    private void leave(StoreClaim left, @Nullable StoreClaim next, long now) {
        boolean wasHeld = left.state == State.HELD;
        if (wasHeld && left.session() == null) {
            engine.keeper.leaseOver();
        }
        if (left.state == State.CLAIMING && !left.asking && !left.mayExist) {
            end(left, ReleaseResult.ALREADY_LOST);
            return;
        }
        left.leaves(wasHeld, now);
        sendLeave(left, next);
        arm(left);
    }

    private void sendLeave(StoreClaim left, @Nullable StoreClaim next) {
        if (left.wasHeld) {
            outbox.release(left, next);
        } else {
            outbox.withdraw(left);
        }
    }

    private void end(StoreClaim left, ReleaseResult outcome) {
        left.state = State.GONE;
        left.cancelTimer();
        settle(left, outcome);
        if (claim == left) {
            claim = null;
        } else {
            engine.departed(left);
        }
    }

    private void settle(StoreClaim left, ReleaseResult outcome) {
        if (left.outcome != null) {
            return;
        }
        left.outcome = outcome;
        LockSupport.unpark(left.releaser);
        CompletableFuture<ReleaseResult> waiting = left.release;
        if (waiting != null) {
            queue.afterwards(() -> engine.callback(() -> waiting.complete(outcome)));
        }
    }

    /** Sets the claim's entry in the keeper to what comes next. */
    void arm(StoreClaim current) {
        long at = current.nextDue(claim == current);
        if (at == Nanos.NEVER) {
            current.cancelTimer();
        } else {
            engine.keeper.schedule(current.timer(), at);
        }
    }

    /** A request was sent; if it has not been answered by now, its time is watched. */
    void sent(StoreClaim asked) {
        if (asked.state == State.CLAIMING || asked.state == State.LEAVING) {
            arm(asked);
        }
    }

    BackendException noAnswer(long nanos) {
        return BackendException.transientFault(
                engine.backendId(), queue.lockName, "the store did not answer within " + Text.time(nanos), null);
    }

    private long jittered(long nanos) {
        return nanos / 2 + engine.platform.random(Math.max(1, nanos));
    }

    /** The caller of a release waits for its confirmation no longer than his own terms say. */
    void confirmBy(StoreClaim left, long untilNanos) {
        left.confirmBy = untilNanos;
        arm(left);
    }

    // Closing

    /** Adds the claim to those that the store may still know, for a release in bulk. */
    void close(List<StoreClaim> claims) {
        StoreClaim current = claim;
        if (current == null) {
            return;
        }
        long now = engine.platform.nanoTime();
        // A lease that a minHold keeps ends by itself; a lock that is bound to a session ends with it in any case.
        boolean kept = current.state == State.HELD && current.session() == null && current.isKept(now);
        if (current.state != State.LEAVING) {
            current.leaves(current.state == State.HELD, now);
        }
        current.cancelTimer();
        if (!kept) {
            claims.add(current);
        }
    }

    /** After the release in bulk: what is not confirmed now never will be. */
    void closed(StoreClaim left) {
        queue.mutex.lock();
        if (left.state == State.LEAVING) {
            end(left, ReleaseResult.UNCONFIRMED);
        }
        queue.finish(false);
    }
}
