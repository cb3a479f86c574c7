// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.Session;
import dev.holdfast.spi.Token;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * This client's claim to one lock at the store. While it is held, the turns of several tickets may follow each other under it. Its
 * answers are transitions of the {@link LocalQueue}; fields that are not final or volatile belong to the queue's mutex.
 *
 * <p>What only some claims need has an object of its own, made when it is needed: a store in this process that grants and frees at once
 * needs none of them, and taking a lock there must not cost the memory of a network exchange.
 */
final class StoreClaim extends Claim {
    enum State {
        /** Asked for, in line, or about to be asked for. */
        CLAIMING,
        /** Granted; a ticket has its turn, or the lock is free for the next one here. */
        HELD,
        /** Being released or withdrawn, until the store confirms it. */
        LEAVING,
        /** Nothing of it is left in the store, or nothing more can be done about it. */
        GONE
    }

    /** Whether a free lock may pass to the next ticket here. */
    enum Handover {
        YES,
        AFTER_RENEWAL,
        NO
    }

    private static final int NOT_CONTENDED = -1;

    final LocalQueue queue;
    final Terms terms;
    private volatile @Nullable String id;

    State state = State.CLAIMING;
    private @Nullable Exchange exchange;
    private @Nullable Renewal renewal;
    private @Nullable Departure departure;
    private @Nullable Due timer;

    // Once it is held; what tickets read of this was written before they were granted
    private long firstToken;
    private @Nullable Session session;

    /** Whose turn it is, or null while the lock is free for the next one here. */
    @Nullable
    Ticket holder;

    /** The last turn that was taken, or -1. */
    int turn = -1;

    /** Since when it, and those before it, have been held or, if others wait, since when that has been known. */
    long staysSince;

    private int turnsWhileContended = NOT_CONTENDED;

    StoreClaim(LocalQueue queue, Terms terms) {
        this.queue = queue;
        this.terms = terms;
    }

    // What the backend reads

    @Override
    public String key() {
        return queue.key;
    }

    @Override
    public String name() {
        return queue.fullName;
    }

    @Override
    public String id() {
        String value = id;
        return value == null ? queue.identify(this) : value;
    }

    /** Made when it is first asked for: a store that tells claims apart as objects needs none. Under the queue's mutex. */
    String identify() {
        String value = id;
        if (value == null) {
            value = queue.engine.nextClaimId();
            id = value;
        }
        return value;
    }

    @Override
    public String ownerLabel() {
        return terms.ownerLabel;
    }

    @Override
    public long leaseNanos() {
        return terms.leaseNanos;
    }

    @Override
    public boolean waits() {
        Exchange current = exchange;
        return current != null && current.waits;
    }

    @Override
    public boolean isCallersOwn() {
        Departure left = departure;
        if (left != null) {
            return left.releaser == Thread.currentThread();
        }
        Exchange current = exchange;
        return current != null && current.asker == Thread.currentThread();
    }

    @Override
    public boolean awaits() {
        Exchange current = exchange;
        return current != null && current.asker == Thread.currentThread() && queue.engine.canAwait(current.asker);
    }

    @Override
    public boolean handsOver() {
        return terms.localHandovers > 0;
    }

    @Override
    public long giveUpNanos() {
        return exchange().giveUpAt;
    }

    // What the backend answers

    @Override
    public void granted(long newRevision, long sentNanos, long leaseNanos) {
        queue.answers.granted(this, newRevision, sentNanos, leaseNanos, leaseNanos, null);
    }

    @Override
    public void grantedBriefly(long newRevision, long sentNanos, long briefNanos, long leaseNanos) {
        queue.answers.granted(this, newRevision, sentNanos, briefNanos, leaseNanos, null);
    }

    @Override
    public void granted(long newRevision, Session newSession) {
        queue.answers.granted(this, newRevision, 0, 0, newSession.timeoutNanos(), newSession);
    }

    @Override
    public void queued() {
        queue.answers.taken(this, Exchange.Answer.QUEUED, 0);
    }

    @Override
    public void queued(long recheckNanos) {
        queue.answers.taken(this, Exchange.Answer.QUEUED, recheckNanos);
    }

    @Override
    public void busy(long retryAfterNanos) {
        queue.answers.taken(this, Exchange.Answer.BUSY, retryAfterNanos);
    }

    @Override
    public void failed(BackendException cause, boolean mayHaveApplied) {
        queue.answers.failed(this, cause, mayHaveApplied);
    }

    @Override
    public void renewed(long sentNanos) {
        queue.answers.renewed(this, sentNanos);
    }

    @Override
    public void gone(LeaseLoss why) {
        queue.answers.gone(this, why);
    }

    @Override
    public void notRenewed(BackendException cause) {
        queue.answers.notRenewed(this, cause);
    }

    @Override
    public void freed(boolean held) {
        queue.answers.freed(this, held);
    }

    @Override
    public void notFreed(BackendException cause) {
        queue.answers.notFreed(this, cause);
    }

    // The engine's side, under the queue's mutex

    /** What is asked of the store for it; made with the first request. */
    Exchange exchange() {
        Exchange current = exchange;
        if (current == null) {
            current = new Exchange();
            exchange = current;
        }
        return current;
    }

    /** How it is renewed; null for a claim that is not held, or whose session ends with this process. */
    @Nullable
    Renewal renewal() {
        return renewal;
    }

    /** How it leaves the store; null before it does. */
    @Nullable
    Departure departure() {
        return departure;
    }

    /** It leaves the store. */
    Departure leaving() {
        return Objects.requireNonNull(departure, "not leaving");
    }

    /** A request is about to be sent. */
    void asks(long now, boolean newWaits, long callNanos) {
        exchange().begins(now, newWaits, callNanos);
    }

    /** A renewal is about to be sent. */
    void renews(Renewal asked, long now) {
        asked.begins(now, renewalTimeout());
        exchange().giveUpAt = asked.giveUpAt;
    }

    void hold(long newRevision, long validUntilNanos, long leaseNanos, @Nullable Session newSession, long now) {
        Exchange answered = exchange;
        holdAtOnce(newRevision, newSession, now);
        renewal = new Renewal(leaseNanos, validUntilNanos);
        if (answered != null) {
            answered.granted();
        }
    }

    /** The first part of {@link #hold}, and all of it for what needs no renewal. */
    void holdAtOnce(long newRevision, @Nullable Session newSession, long now) {
        firstToken = Token.first(newRevision);
        session = newSession;
        staysSince = now;
        state = State.HELD;
    }

    boolean isHeld() {
        return state == State.HELD;
    }

    boolean isAskedFor() {
        return state == State.CLAIMING;
    }

    /** The next ticket's token. */
    long takeTurn() {
        turn++;
        if (renewal != null) {
            renewal.newTurn();
        }
        if (turnsWhileContended != NOT_CONTENDED) {
            turnsWhileContended++;
        }
        return firstToken + turn;
    }

    void contend(long now) {
        if (turnsWhileContended == NOT_CONTENDED) {
            turnsWhileContended = 0;
            staysSince = now;
        }
    }

    /** The lease now counts from a later request; only ever later, because answers may overtake each other. */
    void countFrom(long sentNanos) {
        Renewal extended = renewal;
        if (extended == null) {
            return;
        }
        extended.succeeded();
        if (session == null && (terms.autoRenewal || extended.brief)) {
            extended.brief = false;
            extended.validUntil = Nanos.later(extended.validUntil, Nanos.validUntil(sentNanos, extended.leaseNanos));
        }
        if (session == null && terms.autoRenewal) {
            extended.dueAfter(sentNanos);
        } else {
            extended.nextAt = Nanos.NEVER;
        }
    }

    /** The store grants it for a moment only, until it is renewed for the first time. */
    void countBriefly(long sentNanos, long briefNanos) {
        Renewal first = renewal;
        if (first != null) {
            first.brief = true;
            first.nextAt = Nanos.after(sentNanos, briefNanos / 3);
        }
    }

    /** Asks for a renewal before the lock passes on. */
    void refresh(long now) {
        if (renewal != null) {
            renewal.refresh(now);
        }
    }

    /** Whether the next ticket waits for a renewal. */
    boolean isRefreshing() {
        return renewal != null && renewal.isRefreshing();
    }

    /** Whether it may end while this process lives, by a time of its own or by that of its session. */
    boolean mayExpire() {
        return session != Session.UNENDING;
    }

    /** Whether there is an expiry to renew, or a session to ask after. */
    boolean isRenewable() {
        return session == null ? terms.autoRenewal : validUntil() != Nanos.NEVER;
    }

    /** Its way out of the store begins. */
    void leaves(boolean held, long now) {
        long call = Nanos.after(now, terms.callNanos);
        long lease = session == null ? Math.max(terms.leaseNanos, grantedLeaseNanos()) : terms.leaseNanos;
        long leaseOver = Nanos.after(now, Math.max(lease, terms.callNanos));
        // What is bound to a session does not end by itself while the session lives, and that is as long as this
        // client.
        boolean endsByItself = queue.engine.deployment().expiry() == Deployment.Expiry.PER_LOCK;
        long forgotten = held ? Nanos.after(validUntil(), Nanos.margin(lease)) : now;
        departure = new Departure(
                held,
                Nanos.earlier(leaseOver, Nanos.later(call, forgotten)),
                endsByItself ? leaseOver : Nanos.NEVER,
                call);
        state = State.LEAVING;
        exchange().startsAnew();
        asks(now, false, terms.callNanos);
    }

    /** When the keeper has to look at it again. */
    long nextDue(boolean current) {
        return switch (state) {
            case CLAIMING -> exchange().nextDue();
            case HELD ->
                Nanos.earlier(
                        Nanos.earlier(validUntil(), queue.store.keptUntil()),
                        renewal == null ? Nanos.NEVER : renewal.nextDue());
            case LEAVING -> Nanos.earlier(leaving().nextDue(current), exchange().nextDue());
            case GONE -> Nanos.NEVER;
        };
    }

    /** How long to wait for the answer to a renewal before the next try: several fit into what is left of the lease. */
    long renewalTimeout() {
        return Math.min(terms.callNanos, Math.max(1, grantedLeaseNanos() / 6));
    }

    Handover handover(Terms next, long now) {
        if (turn >= Token.LAST_TURN || !next.sameLease(terms) || next.localHandovers == 0 || !handsOver()) {
            return Handover.NO;
        }
        Deployment store = queue.engine.deployment();
        boolean contended = turnsWhileContended != NOT_CONTENDED;
        if (next.arrival && (contended || (store.line() && !store.demand()))) {
            // Another client may have come before.
            return Handover.NO;
        }
        Renewal lease = session == null ? renewal : null;
        if (lease != null
                && next.minHoldNanos > 0
                && Nanos.until(lease.validUntil, now) + Nanos.margin(lease.leaseNanos) < next.minHoldNanos) {
            // A minHold outlives a crash of its holder, so it needs a lease that is long enough.
            return Handover.NO;
        }
        if (contended) {
            long stay = Math.min(Stay.LONGEST, terms.leaseNanos / 4);
            if (turnsWhileContended >= next.localHandovers || now - staysSince >= stay) {
                return Handover.NO;
            }
        } else if (!store.demand() && hasStayed(now)) {
            return Handover.NO;
        }
        if (lease != null) {
            long usable = lease.leaseNanos - Nanos.margin(lease.leaseNanos);
            if (Nanos.until(lease.validUntil, now) < usable / 3 * 2) {
                return terms.autoRenewal && !lease.hasRefreshed() ? Handover.AFTER_RENEWAL : Handover.NO;
            }
        }
        return Handover.YES;
    }

    /** Whether it is time to let others have the lock, if nobody can tell whether they want it. */
    boolean hasStayed(long now) {
        return now - staysSince >= Stay.longest(terms);
    }

    /** Until when the store surely keeps the lock for this claim, by this machine's clock. */
    long validUntil() {
        Session bound = session;
        if (bound != null) {
            return bound.validUntilNanos();
        }
        return Objects.requireNonNull(renewal, "not held").validUntil;
    }

    @Nullable
    Session session() {
        return session;
    }

    long revision() {
        return firstToken / (Token.LAST_TURN + 1);
    }

    long grantedLeaseNanos() {
        Renewal lease = renewal;
        if (lease != null) {
            return lease.leaseNanos;
        }
        Session bound = session;
        return bound == null ? 0 : bound.timeoutNanos();
    }

    /** The claim's entry in the keeper, made when it is first needed: a store that answers at once needs none. */
    Due timer() {
        Due due = timer;
        if (due == null) {
            due = new Due() {
                @Override
                void fire(long nowNanos) {
                    queue.store.fired(StoreClaim.this, nowNanos);
                }
            };
            timer = due;
        }
        return due;
    }

    void cancelTimer() {
        if (timer != null) {
            queue.engine.keeper.cancel(timer);
        }
    }
}
