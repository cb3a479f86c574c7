// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.ReleaseResult;
import dev.holdfast.internal.engine.Exchange.Answer;
import dev.holdfast.internal.engine.StoreClaim.State;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.InstantBackend;
import dev.holdfast.spi.Session;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The store's side of a {@link LocalQueue}: its current claim, what is asked of the store for it, and what it means if no answer comes;
 * {@link StoreAnswers} has what answers mean. At most one claim is asked for at a time, and not while an earlier one may still hold the lock; one that leaves the store
 * after that goes its way alone.
 *
 * <p>Methods that the keeper and the outbox call are transitions; all others are steps of one, called under the queue's mutex.
 */
final class StoreSide {
    private static final long LONGEST_BACKOFF = 1_000_000_000L;

    final Stay stay = new Stay();

    private final LocalQueue queue;
    private final Engine engine;
    private final @Nullable InstantBackend instant;
    private final Outbox outbox;
    private @Nullable StoreClaim claim;

    /** Until when a minHold keeps the lock taken although it was released, or never. */
    private long keptUntil = Nanos.NEVER;

    /** When the store last answered anything about this name. */
    private long answeredAt;

    StoreSide(LocalQueue queue, Outbox outbox) {
        this.queue = queue;
        this.outbox = outbox;
        engine = queue.engine;
        instant = engine.instantBackend();
        answeredAt = engine.platform.nanoTime();
    }

    /** Whether the store has answered anything since some time. */
    boolean answeredSince(long nanos) {
        return answeredAt - nanos >= 0;
    }

    /** When the store last answered anything about this name. */
    long answeredAt() {
        return answeredAt;
    }

    void answered(long now) {
        answeredAt = now;
    }

    /** The current claim, in whatever state it is, or null. */
    @Nullable
    StoreClaim claim() {
        return claim;
    }

    /** Until when a minHold keeps the lock taken although it was released, or never. */
    long keptUntil() {
        return keptUntil;
    }

    /** Whether a minHold keeps the lock taken although it was released. */
    boolean isKept(long now) {
        return keptUntil != Nanos.NEVER && !Nanos.isPast(keptUntil, now);
    }

    void keepUntil(long nanos) {
        keptUntil = nanos;
    }

    // What a store in this process does at once

    /** Takes a lock that is free for a ticket, if the store does such things at once; false if it has to be asked for. */
    boolean takeAtOnce(Ticket ticket) {
        if (instant == null || claim != null) {
            return false;
        }
        StoreClaim asked = new StoreClaim(queue, ticket.terms);
        long revision;
        try {
            revision = instant.grantAtOnce(asked);
        } catch (RuntimeException | Error e) {
            queue.answer(ticket, engine.defect("acquire", asked, e));
            return true;
        }
        if (revision == 0) {
            return false;
        }
        boolean looks = ticket.readsClock() || !engine.deployment().demand();
        long now = looks ? engine.platform.nanoTime() : 0;
        asked.holdAtOnce(revision, Session.UNENDING, now);
        begins(asked);
        ticket.enteredAt = now;
        queue.assign(asked, ticket, now);
        return true;
    }

    /** Frees a lock that nobody here waits for, if the store does that at once; false if it has to be released. */
    boolean freeAtOnce(StoreClaim held) {
        if (instant == null || held.session() != Session.UNENDING || !instant.freeAtOnce(held)) {
            return false;
        }
        held.state = State.GONE;
        held.cancelTimer();
        claim = null;
        return true;
    }

    // What time brings

    void fired(StoreClaim due, long now) {
        queue.lock();
        switch (due.state) {
            case CLAIMING -> {
                Exchange exchange = due.exchange();
                if (exchange.asking && Nanos.isPast(exchange.giveUpAt, now)) {
                    unanswered(due, noAnswer(due.terms.callNanos), true, now);
                } else if (!exchange.asking && Nanos.isPast(exchange.nextAskAt, now)) {
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
        Renewal renewal = held.renewal();
        if (renewal == null) {
            return;
        }
        if (renewal.asking && Nanos.isPast(renewal.giveUpAt, now)) {
            renewalFailed(renewal, noAnswer(held.renewalTimeout()), now);
        }
        if (!renewal.asking && Nanos.isPast(renewal.nextAt, now)) {
            held.renews(renewal, now);
            engine.keeper.renewNow(held);
        }
    }

    private void goOnLeaving(StoreClaim left, long now) {
        Departure departure = left.leaving();
        Exchange exchange = left.exchange();
        if (Nanos.isPast(departure.overAt, now)) {
            end(left, ReleaseResult.UNCONFIRMED);
            return;
        }
        if (departure.outcome == null && Nanos.isPast(departure.confirmBy, now)) {
            settle(departure, ReleaseResult.UNCONFIRMED);
        }
        if (claim == left && Nanos.isPast(departure.blocksUntil, now)) {
            claim = null;
            engine.departs(left);
        }
        if (exchange.asking && Nanos.isPast(exchange.giveUpAt, now)) {
            notFreed(left, noAnswer(left.terms.callNanos), now);
        }
        if (!exchange.asking && Nanos.isPast(exchange.nextAskAt, now)) {
            left.asks(now, false, left.terms.callNanos);
            sendLeave(left, null);
        }
    }

    // Steps

    void notFreed(StoreClaim left, BackendException cause, long now) {
        left.exchange().failure = cause;
        tryAgainLater(left.exchange(), left.terms, now);
        if (claim == left) {
            failSilenced(left, cause, now);
        }
    }

    void claimNext(long now) {
        Ticket first = queue.line().first();
        if (first == null) {
            return;
        }
        StoreClaim next = new StoreClaim(queue, first.terms);
        begins(next);
        long pause = stay.pauseUntil(now);
        if (pause == Nanos.NEVER || queue.line().hasOnce()) {
            if (first.thread == Thread.currentThread()) {
                next.exchange().asker = first.thread;
            }
            ask(next, now);
        } else {
            next.exchange().nextAskAt = pause;
            arm(next);
        }
    }

    private void begins(StoreClaim next) {
        claim = next;
        keptUntil = Nanos.NEVER;
    }

    void ask(StoreClaim next, long now) {
        ask(next, now, next.terms.callNanos);
    }

    void ask(StoreClaim next, long now, long timeout) {
        stay.asks(now);
        next.asks(now, queue.line().hasPatient(), timeout);
        outbox.acquire(next);
    }

    /** A ticket that is here for one answer does not wait for the next turn of a poll. */
    void askFor(Ticket ticket, long now) {
        StoreClaim current = claim;
        if (ticket.once
                && ticket.state() == Ticket.State.WAITING
                && current != null
                && current.state == State.CLAIMING
                && !current.exchange().asking) {
            ask(current, now);
        }
    }

    /** Nobody here may have the lock next without asking the store: there is nobody, or others may want it. */
    void giveBack(StoreClaim held, @Nullable Ticket first, long now) {
        Deployment store = engine.deployment();
        if (store.line() && first != null) {
            StoreClaim next = new StoreClaim(queue, first.terms);
            next.asks(now, queue.line().hasPatient(), next.terms.callNanos);
            begins(next);
            engine.departs(held);
            leave(held, next, now);
        } else {
            if (!store.line() && !store.demand()) {
                stay.leaves(held, first != null, now);
            }
            leave(held, now);
        }
    }

    void extend(StoreClaim held, long sentNanos, long now) {
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
        queue.loseTurn(whyInvalid(held));
        leave(held, now);
    }

    private static LeaseLoss whyInvalid(StoreClaim held) {
        Session session = held.session();
        if (session != null) {
            return session.loss();
        }
        Renewal renewal = held.renewal();
        boolean silent = renewal != null && (renewal.asking || renewal.failure != null);
        return silent ? LeaseLoss.BACKEND_UNREACHABLE : LeaseLoss.EXPIRED;
    }

    void renewalFailed(Renewal renewal, BackendException cause, long now) {
        renewal.failed(cause);
        renewal.nextAt = Nanos.after(now, jittered(Math.min(LONGEST_BACKOFF, renewal.leaseNanos / 16)));
        Ticket ticket = queue.holder();
        queue.afterwards(() -> engine.logRenewalFailure(queue.lockName, cause));
        if (ticket != null && engine.hasListeners()) {
            queue.announce(ticket, () -> engine.tellRenewalFailed(ticket, cause));
        }
    }

    void unanswered(StoreClaim asked, BackendException cause, boolean mayHaveApplied, long now) {
        Exchange exchange = asked.exchange();
        exchange.mayExist |= mayHaveApplied;
        exchange.failure = cause;
        exchange.answer = Answer.FAILED;
        tryAgainLater(exchange, asked.terms, now);
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

    private void tryAgainLater(Exchange exchange, Terms terms, long now) {
        exchange.asking = false;
        exchange.failures++;
        long backoff = terms.pollNanos << Math.min(10, exchange.failures - 1);
        exchange.nextAskAt = Nanos.after(now, jittered(Math.min(LONGEST_BACKOFF, backoff)));
    }

    void leave(StoreClaim left, long now) {
        leave(left, null, now);
    }

    /** Begins to release or withdraw a claim; the queue makes no new one until that is confirmed or too old to matter. */
    private void leave(StoreClaim left, @Nullable StoreClaim next, long now) {
        boolean wasHeld = left.state == State.HELD;
        if (wasHeld && left.mayExpire()) {
            engine.keeper.leaseOver();
        }
        if (left.state == State.CLAIMING && !left.exchange().asking && !left.exchange().mayExist) {
            end(left, ReleaseResult.ALREADY_LOST);
            return;
        }
        left.leaves(wasHeld, now);
        sendLeave(left, next);
        if (!outbox.isFree()) {
            arm(left);
        }
    }

    void withdraw(StoreClaim left) {
        outbox.withdraw(left);
    }

    private void sendLeave(StoreClaim left, @Nullable StoreClaim next) {
        if (left.leaving().wasHeld) {
            outbox.release(left, next);
        } else {
            withdraw(left);
        }
    }

    void end(StoreClaim left, ReleaseResult outcome) {
        left.state = State.GONE;
        left.cancelTimer();
        Departure departure = left.departure();
        if (departure != null) {
            settle(departure, outcome);
        }
        if (claim == left) {
            claim = null;
        } else {
            engine.departed(left);
        }
    }

    private void settle(Departure left, ReleaseResult outcome) {
        if (left.outcome != null) {
            return;
        }
        left.outcome = outcome;
        if (left.releaser != Thread.currentThread()) {
            LockSupport.unpark(left.releaser);
        }
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

    long jittered(long nanos) {
        return nanos / 2 + engine.platform.random(Math.max(1, nanos));
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
        boolean kept = current.state == State.HELD && current.session() == null && isKept(now);
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
        queue.lock();
        if (left.state == State.LEAVING) {
            end(left, ReleaseResult.UNCONFIRMED);
        }
        queue.finish(false);
    }
}
