// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.ReleaseResult;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.Session;
import dev.holdfast.spi.Token;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * This client's claim to one lock at the store. While it is held, the turns of several tickets may follow each other under it. Its
 * answers are transitions of the {@link LocalQueue}; fields that are not final or volatile belong to the queue's mutex.
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

    /** The store's last word on a claim that is not granted. */
    enum Answer {
        NONE,
        QUEUED,
        BUSY,
        FAILED
    }

    /** Whether a free lock may pass to the next ticket here. */
    enum Handover {
        YES,
        AFTER_RENEWAL,
        NO
    }

    private enum Refresh {
        NONE,
        ASKED,
        ANSWERED
    }

    /** How long one client may keep a lock by handovers while another may be waiting for it. */
    private static final long LONGEST_STAY = 100_000_000L;

    final LocalQueue queue;
    final Terms terms;
    private volatile @Nullable String id;

    State state = State.CLAIMING;

    // What is asked of the store
    /** A request has been sent, or is about to be, and has not been answered. */
    boolean asking;

    /** A timed-out or failed request may have left something in the store. */
    boolean mayExist;

    private volatile boolean waits;
    private volatile long giveUpAt;

    /** While nothing is being asked: when to ask again. */
    long nextAskAt = Nanos.NEVER;

    int failures;
    Answer answer = Answer.NONE;
    /** The lock may have come free while it was being asked for, perhaps after the answer that is on its way. */
    boolean askAgain;

    @Nullable
    BackendException failure;

    // While it is held
    private volatile long revision;
    private volatile long grantedLeaseNanos;
    private volatile long validUntil;
    private volatile @Nullable Session session;
    private long firstToken;
    private long heldSince;

    /** The last turn that was taken, or -1. */
    int turn = -1;

    /** Until when a minHold keeps the lock taken although it was released, or never. */
    long keepUntil = Nanos.NEVER;

    long nextRenewalAt = Nanos.NEVER;

    /** A renewal has been sent and not been answered. */
    boolean renewing;

    long renewalGiveUpAt;

    /** Why the last renewal failed; null again after one that did not. */
    @Nullable
    BackendException renewalFailure;

    /** Whether the lease is renewed so that the next ticket gets a fresh one: tried once for each turn. */
    private Refresh refresh = Refresh.NONE;

    private boolean contended;
    private long contendedSince;
    private int turnsWhileContended;

    // While it leaves
    boolean wasHeld;

    /** Until when the caller of a release waits to hear that it is confirmed. */
    volatile long confirmBy;

    /** Until when a new claim for the name waits for this one. */
    long blocksUntil;

    /** When the store has forgotten it in any case. */
    long overAt;

    /** Something came to stand in the store while it was leaving: what is confirmed after that may have been sent before. */
    boolean ghost;

    /** A try to free it found that it held the lock. */
    boolean wasFreed;

    /** What is known about the release; set once. */
    volatile @Nullable ReleaseResult outcome;

    volatile @Nullable Thread releaser;

    @Nullable
    CompletableFuture<ReleaseResult> release;

    private @Nullable Due timer;

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
        return waits;
    }

    @Override
    public long giveUpNanos() {
        return giveUpAt;
    }

    // What the backend answers

    @Override
    public void granted(long newRevision, long sentNanos, long leaseNanos) {
        queue.store.granted(this, newRevision, sentNanos, leaseNanos, null);
    }

    @Override
    public void granted(long newRevision, Session newSession) {
        queue.store.granted(this, newRevision, 0, newSession.timeoutNanos(), newSession);
    }

    @Override
    public void queued() {
        queue.store.taken(this, Answer.QUEUED, 0);
    }

    @Override
    public void busy(long retryAfterNanos) {
        queue.store.taken(this, Answer.BUSY, retryAfterNanos);
    }

    @Override
    public void failed(BackendException cause, boolean mayHaveApplied) {
        queue.store.failed(this, cause, mayHaveApplied);
    }

    @Override
    public void renewed(long sentNanos) {
        queue.store.renewed(this, sentNanos);
    }

    @Override
    public void gone(LeaseLoss why) {
        queue.store.gone(this, why);
    }

    @Override
    public void notRenewed(BackendException cause) {
        queue.store.notRenewed(this, cause);
    }

    @Override
    public void freed(boolean held) {
        queue.store.freed(this, held);
    }

    @Override
    public void notFreed(BackendException cause) {
        queue.store.notFreed(this, cause);
    }

    // The engine's side, under the queue's mutex

    /** A request is about to be sent. */
    void asks(long now, boolean newWaits, long callNanos) {
        asking = true;
        askAgain = false;
        waits = newWaits;
        giveUpAt = Nanos.after(now, callNanos);
    }

    /** A renewal is about to be sent. */
    void renews(long now) {
        renewing = true;
        renewalGiveUpAt = Nanos.after(now, renewalTimeout());
        giveUpAt = renewalGiveUpAt;
    }

    void hold(long newRevision, long validUntilNanos, long leaseNanos, @Nullable Session newSession, long now) {
        firstToken = Token.first(newRevision);
        revision = newRevision;
        validUntil = validUntilNanos;
        grantedLeaseNanos = leaseNanos;
        session = newSession;
        heldSince = now;
        contendedSince = now;
        state = State.HELD;
        asking = false;
        failure = null;
        failures = 0;
    }

    /** The lock is taken by somebody else. */
    void answered(Answer newAnswer) {
        asking = false;
        answer = newAnswer;
        mayExist |= newAnswer == Answer.QUEUED;
        failure = null;
        failures = 0;
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
        refresh = Refresh.NONE;
        if (contended) {
            turnsWhileContended++;
        }
        return firstToken + turn;
    }

    void contend(long now) {
        if (!contended) {
            contended = true;
            contendedSince = now;
        }
    }

    /** The lease now counts from a later request; only ever later, because answers may overtake each other. */
    void countFrom(long sentNanos) {
        renewing = false;
        renewalFailure = null;
        refreshed();
        if (session == null && terms.autoRenewal) {
            validUntil = Nanos.later(validUntil, Nanos.validUntil(sentNanos, grantedLeaseNanos));
        }
        renewAfter(sentNanos);
    }

    /** Asks for a renewal before the lock passes on. */
    void refresh(long now) {
        if (refresh == Refresh.NONE) {
            refresh = Refresh.ASKED;
            if (!renewing) {
                nextRenewalAt = now;
            }
        }
    }

    /** Whether the next ticket waits for a renewal. */
    boolean isRefreshing() {
        return refresh == Refresh.ASKED;
    }

    /** A renewal was answered, one way or the other. */
    void refreshed() {
        if (refresh == Refresh.ASKED) {
            refresh = Refresh.ANSWERED;
        }
    }

    /** Whether there is an expiry to renew, or a session to ask after. */
    boolean isRenewable() {
        return session == null ? terms.autoRenewal : validUntil() != Nanos.NEVER;
    }

    /** Whether a minHold keeps the lock taken although it was released. */
    boolean isKept(long now) {
        return keepUntil != Nanos.NEVER && !Nanos.isPast(keepUntil, now);
    }

    /** Its way out of the store begins. */
    void leaves(boolean held, long now) {
        long call = Nanos.after(now, terms.callNanos);
        long lease = session == null ? Math.max(terms.leaseNanos, grantedLeaseNanos) : terms.leaseNanos;
        long leaseOver = Nanos.after(now, Math.max(lease, terms.callNanos));
        // What is bound to a session does not end by itself while the session lives, and that is as long as this
        // client.
        boolean endsByItself = queue.engine.deployment().expiry() == Deployment.Expiry.PER_LOCK;
        overAt = endsByItself ? leaseOver : Nanos.NEVER;
        long forgotten = held ? Nanos.after(validUntil(), Nanos.margin(lease)) : now;
        blocksUntil = Nanos.earlier(leaseOver, Nanos.later(call, forgotten));
        confirmBy = call;
        wasHeld = held;
        state = State.LEAVING;
        failures = 0;
        failure = null;
        asks(now, false, terms.callNanos);
    }

    /** When the keeper has to look at it again. */
    long nextDue(boolean blocks) {
        return switch (state) {
            case CLAIMING -> asking ? giveUpAt : nextAskAt;
            case HELD ->
                Nanos.earlier(Nanos.earlier(validUntil(), keepUntil), renewing ? renewalGiveUpAt : nextRenewalAt);
            case LEAVING ->
                Nanos.earlier(
                        Nanos.earlier(overAt, outcome == null ? confirmBy : Nanos.NEVER),
                        Nanos.earlier(blocks ? blocksUntil : Nanos.NEVER, asking ? giveUpAt : nextAskAt));
            case GONE -> Nanos.NEVER;
        };
    }

    /** Schedules the next renewal, at a third of the lease after the request that set its expiry was sent. */
    void renewAfter(long sentNanos) {
        if (session != null || !terms.autoRenewal) {
            nextRenewalAt = Nanos.NEVER;
            return;
        }
        // Rounded down, so that leases which are taken one after another fall due together and travel in one request.
        long grid = Math.max(1, grantedLeaseNanos / 24);
        nextRenewalAt = Math.floorDiv(sentNanos + grantedLeaseNanos / 3, grid) * grid;
    }

    /** How long to wait for the answer to a renewal before the next try: several fit into what is left of the lease. */
    long renewalTimeout() {
        return Math.min(terms.callNanos, Math.max(1, grantedLeaseNanos / 6));
    }

    Handover handover(Terms next, long now) {
        if (turn >= Token.LAST_TURN || !next.sameLease(terms) || next.localHandovers == 0) {
            return Handover.NO;
        }
        Deployment store = queue.engine.deployment();
        if (next.arrival && (contended || (store.line() && !store.demand()))) {
            // Another client may have come before.
            return Handover.NO;
        }
        if (session == null
                && next.minHoldNanos > 0
                && Nanos.until(validUntil, now) + Nanos.margin(grantedLeaseNanos) < next.minHoldNanos) {
            // A minHold outlives a crash of its holder, so it needs a lease that is long enough.
            return Handover.NO;
        }
        if (contended) {
            long stay = Math.min(LONGEST_STAY, terms.leaseNanos / 4);
            if (turnsWhileContended >= next.localHandovers || now - contendedSince >= stay) {
                return Handover.NO;
            }
        } else if (!store.demand() && now - heldSince >= LONGEST_STAY) {
            return Handover.NO;
        }
        if (session == null) {
            long usable = grantedLeaseNanos - Nanos.margin(grantedLeaseNanos);
            if (Nanos.until(validUntil, now) < usable / 3 * 2) {
                return terms.autoRenewal && refresh != Refresh.ANSWERED ? Handover.AFTER_RENEWAL : Handover.NO;
            }
        }
        return Handover.YES;
    }

    /** Until when the store surely keeps the lock for this claim, by this machine's clock. */
    long validUntil() {
        Session bound = session;
        return bound == null ? validUntil : bound.validUntilNanos();
    }

    @Nullable
    Session session() {
        return session;
    }

    long revision() {
        return revision;
    }

    long grantedLeaseNanos() {
        return grantedLeaseNanos;
    }

    long giveUpAt() {
        return giveUpAt;
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
