// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.ReleaseResult;
import dev.holdfast.internal.engine.Exchange.Answer;
import dev.holdfast.internal.engine.StoreClaim.Handover;
import dev.holdfast.internal.engine.StoreClaim.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The line of one client's callers for one name, and whose turn it is. With {@link StoreSide}, its other half, it has every transition of
 * tickets and claims, each of them atomic under {@link #mutex}, which is never held while anything blocks: a transition collects what
 * it wants sent to the store ({@link Outbox}) and told to users, and {@link #finish} carries it out.
 *
 * <p>The rules, applied by {@link #pump} after every change: a claim that nobody waits for leaves the store. A free lock passes to the
 * next ticket here while {@link StoreClaim#handover} allows it, otherwise it goes back to the store.
 */
final class LocalQueue {
    private static final int LOOKS = 50;

    final Engine engine;
    final String lockName;
    final String fullName;
    final String key;
    final int restingPlace;
    final ReentrantLock mutex = new ReentrantLock();

    /** The other half: what is asked of the store, and what it answers. */
    final StoreSide store;

    final StoreAnswers answers;

    private final Outbox outbox;
    private final TicketLine line = new TicketLine();
    private boolean retired = true;
    private @Nullable List<Runnable> later;

    private final Overtaking overtaking = new Overtaking();

    LocalQueue(Engine engine, String lockName, String fullName, String key) {
        this.engine = engine;
        this.lockName = lockName;
        this.fullName = fullName;
        this.key = key;
        restingPlace = fullName.hashCode() & (Engine.RESTING_PLACES - 1);
        outbox = new Outbox(this);
        store = new StoreSide(this, outbox);
        answers = new StoreAnswers(this, store);
    }

    /** Transitions are short, so whoever finds another one under way looks again before he goes to sleep. */
    void lock() {
        for (int i = 0; i < LOOKS; i++) {
            if (mutex.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        mutex.lock();
    }

    // What callers do

    /**
     * Takes a free lock or a place in line.
     *
     * @param timeout how long the caller waits; 0 for one attempt
     * @return false if this queue has gone out of use and another one took its place: look again
     */
    boolean enter(Ticket ticket, long timeout) {
        lock();
        if (retired && !engine.revive(this)) {
            mutex.unlock();
            return false;
        }
        retired = false;
        if (engine.isClosed()) {
            answer(ticket, Ticket.State.CLOSED);
        } else if (line.isEmpty() && store.takeAtOnce(ticket) && later == null) {
            mutex.unlock();
            return true;
        } else if (ticket.state() == Ticket.State.WAITING) {
            long now = engine.platform.nanoTime();
            ticket.enters(now, timeout);
            enterLine(ticket, now);
        }
        finish(ticket.thread != null);
        return true;
    }

    private void enterLine(Ticket ticket, long now) {
        Ticket before = holder();
        if (before != null) {
            expire(before, now);
        }
        StoreClaim held = store.claim();
        if (held != null && held.state == State.HELD) {
            if (mayOvertake(held, ticket, now)) {
                assign(held, ticket, now);
                return;
            }
            if (ticket.once && !isRefreshing(held)) {
                answer(ticket, Ticket.State.BUSY);
                return;
            }
        }
        line.append(ticket);
        if (ticket.future != null && ticket.deadline != Nanos.NEVER) {
            engine.keeper.schedule(ticket.timer(), ticket.deadline);
        }
        pump(now);
        store.askFor(ticket, now);
    }

    /** Takes a ticket out of the line; false if it has been answered already. */
    boolean cancel(Ticket ticket) {
        lock();
        boolean won = ticket.state() == Ticket.State.WAITING;
        if (won) {
            answer(ticket, Ticket.State.CANCELLED);
            pump(engine.platform.nanoTime());
        }
        finish(false);
        return won;
    }

    ReleaseResult release(Ticket ticket) {
        lock();
        boolean released = endTurn(ticket);
        StoreClaim left = ticket.claim();
        Departure departure = released && left.state == State.LEAVING ? left.leaving() : null;
        if (departure != null) {
            departure.releaser = Thread.currentThread();
            confirmInTime(left, ticket.terms);
        }
        finish(true);
        // A late answer may have begun another departure by now, which nobody waits for.
        if (departure != null) {
            return Waiting.forOutcome(engine, departure);
        }
        return released ? ReleaseResult.RELEASED : ReleaseResult.ALREADY_LOST;
    }

    void releaseAsync(Ticket ticket, CompletableFuture<ReleaseResult> result) {
        lock();
        boolean released = endTurn(ticket);
        StoreClaim left = ticket.claim();
        if (released && left.state == State.LEAVING) {
            left.leaving().release = result;
            confirmInTime(left, ticket.terms);
            store.arm(left);
        } else {
            result.complete(released ? ReleaseResult.RELEASED : ReleaseResult.ALREADY_LOST);
        }
        finish(false);
    }

    /** The caller of a release waits for its confirmation no longer than his own terms say. */
    private void confirmInTime(StoreClaim left, Terms terms) {
        if (terms.callNanos != left.terms.callNanos) {
            left.leaving().confirmBy = Nanos.after(engine.platform.nanoTime(), terms.callNanos);
        }
    }

    /** Whether the lease is valid, decided once: from the first "no" on it is lost. */
    boolean isStillHeld(Ticket ticket) {
        lock();
        expire(ticket, engine.platform.nanoTime());
        boolean held = ticket.state() == Ticket.State.HELD;
        finish(false);
        return held;
    }

    CompletableFuture<LeaseLoss> lossSignal(Ticket ticket) {
        lock();
        try {
            return ticket.lossSignal();
        } finally {
            mutex.unlock();
        }
    }

    String identify(StoreClaim asked) {
        lock();
        try {
            return asked.identify();
        } finally {
            mutex.unlock();
        }
    }

    // What time brings

    /** A waiting ticket's deadline, or the end of a lease that the store would go on keeping. */
    void fired(Ticket ticket, long now) {
        lock();
        boolean waits = ticket.state() == Ticket.State.WAITING;
        if (waits && ticket.inStore && ticket.thread != Thread.currentThread()) {
            wake(ticket);
        } else if (ticket.state() == Ticket.State.HELD) {
            if (!expire(ticket, now)) {
                engine.keeper.schedule(ticket.timer(), ticket.holdUntil());
            }
        } else if (waits && Nanos.isPast(ticket.deadline, now)) {
            if (ticket.once) {
                StoreClaim asked = store.claim();
                BackendException known = asked == null ? null : asked.exchange().failure;
                answer(ticket, known == null ? store.noAnswer(ticket.terms.callNanos) : known);
            } else {
                long deadline = ticket.deadline;
                line.becomesOnce(ticket);
                ticket.deadline = Nanos.after(deadline, ticket.terms.callNanos);
                decideAtDeadline(ticket, deadline, now);
                if (ticket.state() == Ticket.State.WAITING && ticket.future != null) {
                    engine.keeper.schedule(ticket.timer(), ticket.deadline);
                }
            }
            pump(now);
        }
        finish(ticket.thread == Thread.currentThread());
    }

    /** A waiter's time is over: what is known says whether that is somebody else's lock, an outage, or worth one last question. */
    private void decideAtDeadline(Ticket ticket, long deadline, long now) {
        StoreClaim current = store.claim();
        if (current == null || current.state == State.LEAVING) {
            return;
        }
        Exchange exchange = current.exchange();
        if (exchange.asking) {
            return;
        }
        if (current.state == State.HELD) {
            if (!isRefreshing(current)) {
                answer(ticket, Ticket.State.BUSY);
            }
        } else if (exchange.answer == Answer.QUEUED
                || (exchange.answer == Answer.BUSY && store.answeredSince(deadline))) {
            answer(ticket, Ticket.State.BUSY);
        } else if (exchange.answer == Answer.FAILED && exchange.failure != null) {
            answer(ticket, exchange.failure);
        } else {
            long left = Nanos.until(ticket.deadline, now);
            store.ask(current, now, Math.min(left, current.terms.callNanos));
        }
    }

    // The rules

    void pump(long now) {
        StoreClaim current = store.claim();
        if (current == null) {
            store.claimNext(now);
        } else if (current.state == State.CLAIMING && line.isEmpty()) {
            store.leave(current, now);
        } else if (current.state == State.HELD && current.holder == null) {
            passOn(current, null, now);
        }
    }

    /** The lock is held and free: to the next ticket here, or back to the store. */
    private void passOn(StoreClaim held, @Nullable Ticket competitor, long now) {
        if (Nanos.isPast(held.validUntil(), now)) {
            store.lose(held, now);
            return;
        }
        if (store.isKept(now)) {
            answerAllOnce(Ticket.State.BUSY, null);
            store.arm(held);
            return;
        }
        store.keepUntil(Nanos.NEVER);
        Ticket first = line.first();
        if (first == null) {
            if (!store.freeAtOnce(held)) {
                store.giveBack(held, null, engine.platform.nanoTime());
            }
            return;
        }
        switch (held.handover(first.terms, now)) {
            case YES -> {
                if (first == competitor
                        || first.thread == null
                        || line.keepsOrder()
                        || overtaking.isEnoughFor(first, now)) {
                    assign(held, first, now);
                } else if (!first.woken) {
                    first.woken = true;
                    wake(first);
                }
            }
            case AFTER_RENEWAL -> {
                held.refresh(now);
                store.arm(held);
            }
            case NO -> store.giveBack(held, first, now);
        }
    }

    /** A waiter whose thread was woken tries to take the free lock; if somebody was faster, it goes on waiting. */
    void compete(Ticket ticket, long now) {
        lock();
        ticket.woken = false;
        StoreClaim current = store.claim();
        if (ticket.state() == Ticket.State.WAITING
                && current != null
                && current.state == State.HELD
                && current.holder == null
                && line.first() == ticket) {
            passOn(current, ticket, now);
        }
        finish(true);
    }

    /** A running thread may take a free lock ahead of one that is still waking up. */
    private boolean mayOvertake(StoreClaim held, Ticket ticket, long now) {
        Ticket first = line.first();
        if (held.holder != null || first == null || !first.woken || line.keepsOrder() || ticket.terms.arrival) {
            return false;
        }
        if (overtaking.isEnoughFor(first, now)
                || store.isKept(now)
                || Nanos.isPast(held.validUntil(), now)
                || held.handover(ticket.terms, now) != Handover.YES) {
            return false;
        }
        overtaking.happensTo(first, now);
        return true;
    }

    private boolean isRefreshing(StoreClaim held) {
        return held.holder == null && held.isRefreshing();
    }

    TicketLine line() {
        return line;
    }

    /** Whose turn it is, or null while the lock is free or not held here. */
    @Nullable
    Ticket holder() {
        StoreClaim current = store.claim();
        return current == null ? null : current.holder;
    }

    // The steps of a turn

    void assign(StoreClaim held, Ticket ticket, long now) {
        line.remove(ticket);
        ticket.begin(held, held.takeTurn(), now);
        held.holder = ticket;
        if (ticket.holdUntil() != Nanos.NEVER) {
            engine.keeper.schedule(ticket.timer(), ticket.holdUntil());
        } else {
            ticket.cancelTimer();
        }
        tell(ticket);
        if (engine.hasListeners()) {
            announce(ticket, () -> engine.tellAcquired(ticket, now - ticket.enteredAt));
        }
        if (line.hasOnce()) {
            answerAllOnce(Ticket.State.BUSY, null);
        }
    }

    /** The holder releases; false if there was nothing left to release. */
    private boolean endTurn(Ticket ticket) {
        if (ticket.state() != Ticket.State.HELD) {
            return false;
        }
        // The end of a lease that no time ends and nobody waits for takes no look at a clock.
        boolean timeless = line.isEmpty()
                && !ticket.readsClock()
                && ticket.validUntil() == Nanos.NEVER
                && store.keptUntil() == Nanos.NEVER;
        long now = timeless ? 0 : engine.platform.nanoTime();
        if (expire(ticket, now)) {
            return false;
        }
        StoreClaim held = ticket.claim();
        ticket.become(Ticket.State.RELEASED);
        ticket.cancelTimer();
        held.holder = null;
        if (engine.hasListeners()) {
            announce(ticket, () -> engine.tellReleased(ticket, now - ticket.heldSince));
        }
        if (ticket.terms.minHoldNanos > 0) {
            store.keepUntil(Nanos.after(ticket.heldSince, ticket.terms.minHoldNanos));
        }
        pump(now);
        return true;
    }

    /** Ends a lease whose deadline has passed; false if it has not. */
    private boolean expire(Ticket ticket, long now) {
        if (ticket.state() != Ticket.State.HELD || !Nanos.isPast(ticket.validUntil(), now)) {
            return false;
        }
        StoreClaim held = ticket.claim();
        if (Nanos.isPast(held.validUntil(), now)) {
            store.lose(held, now);
        } else {
            boolean atMaxHold = Nanos.isPast(Nanos.after(ticket.heldSince, ticket.terms.maxHoldNanos), now);
            loseTurn(atMaxHold ? LeaseLoss.MAX_HOLD_REACHED : LeaseLoss.EXPIRED);
        }
        pump(now);
        return true;
    }

    void loseTurn(LeaseLoss why) {
        StoreClaim current = store.claim();
        Ticket ticket = current == null ? null : current.holder;
        if (current == null || ticket == null) {
            return;
        }
        current.holder = null;
        ticket.cancelTimer();
        CompletableFuture<LeaseLoss> signal = ticket.lose(why);
        if (signal != null) {
            afterwards(() -> engine.callback(() -> signal.complete(why)));
        }
        afterwards(() -> engine.logLoss(ticket, why));
        if (engine.hasListeners()) {
            announce(ticket, () -> engine.tellLost(ticket, why));
        }
    }

    // Answers to tickets

    private void answer(Ticket ticket, Ticket.State state) {
        line.remove(ticket);
        ticket.become(state);
        ticket.cancelTimer();
        tell(ticket);
        if (state == Ticket.State.BUSY && ticket.timed && engine.hasListeners()) {
            long waited = engine.platform.nanoTime() - ticket.enteredAt;
            announce(ticket, () -> engine.tellTimedOut(lockName, waited));
        }
    }

    void answer(Ticket ticket, BackendException cause) {
        ticket.failure = cause;
        answer(ticket, Ticket.State.FAILED);
    }

    void answerAllOnce(Ticket.State state, @Nullable BackendException cause) {
        if (line.hasOnce()) {
            line.forEach(ticket -> {
                if (ticket.once) {
                    ticket.failure = cause;
                    answer(ticket, state);
                }
            });
        }
    }

    void failAll(BackendException cause) {
        line.forEach(ticket -> answer(ticket, cause));
    }

    private void tell(Ticket ticket) {
        if (ticket.thread == null) {
            afterwards(() -> engine.callback(ticket::complete));
        } else if (ticket.thread != Thread.currentThread()) {
            wake(ticket);
        }
    }

    private void wake(Ticket ticket) {
        LockSupport.unpark(ticket.thread);
        StoreClaim awaited = ticket.awaited;
        if (ticket.inStore && awaited != null) {
            afterwards(() -> engine.recall(awaited));
        }
    }

    // Carrying out

    /** Tells listeners, in the order of the transitions. */
    void announce(Ticket ticket, Runnable announcement) {
        SerialTasks tasks = ticket.announcements();
        if (tasks.add(announcement)) {
            afterwards(tasks::start);
        }
    }

    void afterwards(Runnable task) {
        List<Runnable> tasks = later;
        if (tasks == null) {
            tasks = new ArrayList<>(2);
            later = tasks;
        }
        tasks.add(task);
    }

    /**
     * Ends a transition: leaves the mutex, then tells users and sends what the transition wants sent.
     *
     * @param mayBlock whether the current thread is a caller's own, which may wait for a blocking store
     */
    void finish(boolean mayBlock) {
        List<Runnable> tasks = later;
        later = null;
        Outbox.Request first = outbox.begin();
        boolean idle = isIdle();
        mutex.unlock();
        try {
            if (tasks != null) {
                tasks.forEach(engine::runGuarded);
            }
        } finally {
            if (first != null) {
                outbox.send(first, mayBlock);
            }
            if (idle) {
                engine.rest(this);
            }
        }
    }

    /** Nobody uses the name now. */
    boolean isIdle() {
        return !retired && store.claim() == null && line.isEmpty() && outbox.isIdle();
    }

    /** The name's entry goes away, if nobody uses the name again by now. */
    void retire() {
        lock();
        if (isIdle()) {
            retired = true;
            engine.retire(this);
        }
        mutex.unlock();
    }

    // Closing

    /** Nobody waits or holds a lease here any more, because the client closes. */
    void invalidate() {
        lock();
        line.forEach(ticket -> answer(ticket, Ticket.State.CLOSED));
        loseTurn(LeaseLoss.CLIENT_CLOSED);
        finish(false);
    }

    /** Adds the claim that the store may still know, once nothing more is being sent for it, to those that are released in bulk. */
    void close(List<StoreClaim> claims, long untilNanos) {
        lock();
        outbox.awaitIdle(untilNanos);
        store.close(claims);
        finish(false);
    }
}
