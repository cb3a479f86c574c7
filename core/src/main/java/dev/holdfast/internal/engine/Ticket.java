// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.BackendException;
import dev.holdfast.ClientClosedException;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LeaseLostException;
import dev.holdfast.LockException;
import dev.holdfast.LockTimeoutException;
import dev.holdfast.ReleaseResult;
import dev.holdfast.spi.Printable;
import dev.holdfast.spi.Token;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One caller's ticket: first a place in the {@link LocalQueue}, then, if it is granted, the lease itself. It leaves {@link
 * State#WAITING} in one atomic transition, whatever comes first; so does it leave {@link State#HELD}. Fields that are not final or
 * volatile belong to the queue's mutex; what is read without it is written before the state, and read after it.
 */
final class Ticket implements Lease {
    enum State {
        WAITING,
        HELD,
        RELEASED,
        LOST,
        /** Somebody else holds the lock, and the caller waits no longer. */
        BUSY,
        FAILED,
        CLOSED,
        /** Interrupted, or its future was cancelled. */
        CANCELLED
    }

    private static final VarHandle STATE = stateHandle();

    final LocalQueue queue;
    final Terms terms;

    /** When it came to the line; only known of a ticket that was not granted at once, or that {@link #readsClock}. */
    long enteredAt;

    /** Who parks for it; null if a future is completed instead. */
    final @Nullable Thread thread;

    final @Nullable CompletableFuture<@Nullable Lease> future;

    /** Read and written through its handle. */
    @SuppressWarnings("UnusedVariable")
    private State state = State.WAITING;

    // While it waits
    boolean inLine;

    @Nullable
    Ticket previous;

    @Nullable
    Ticket next;

    /** Whether the caller had time to wait; a ticket that had none does not time out. */
    final boolean timed;

    /** Whether the lock being taken is an exception for the caller. */
    private final boolean throwsWhenTaken;

    /** Takes the next answer, whatever it is: one attempt only, or its deadline has passed. */
    boolean once;

    /** When to give up waiting; for a ticket that is {@link #once}, when to take silence for an outage. */
    volatile long deadline;

    /** Told to compete for a lock that is free. */
    volatile boolean woken;

    /** The claim for which its thread has promised to wait in the store, or does so now. */
    @Nullable
    StoreClaim awaited;

    /** Whether its thread waits in the store, and is not parked. */
    volatile boolean inStore;

    // When it has failed
    @Nullable
    BackendException failure;

    // When it is or was a lease
    private @Nullable StoreClaim claim;
    private long token;
    private long holdUntil = Nanos.NEVER;
    long heldSince;
    private @Nullable LeaseLoss loss;
    private @Nullable CompletableFuture<LeaseLoss> lossSignal;

    private @Nullable Due timer;
    private @Nullable SerialTasks announcements;

    Ticket(
            LocalQueue queue,
            Terms terms,
            boolean timed,
            boolean throwsWhenTaken,
            @Nullable Thread thread,
            @Nullable CompletableFuture<@Nullable Lease> future) {
        this.queue = queue;
        this.terms = terms;
        this.throwsWhenTaken = throwsWhenTaken;
        this.thread = thread;
        this.future = future;
        this.timed = timed;
        once = !timed;
    }

    /** Not volatile, whose every writing costs as much as half a lock: what follows a state goes through a mutex or an unpark. */
    State state() {
        return (State) STATE.getAcquire(this);
    }

    /** Under the queue's mutex. */
    void become(State next) {
        STATE.setRelease(this, next);
    }

    /** Whether anything will be asked about the time at which it is granted or released. */
    boolean readsClock() {
        return !terms.endless || queue.engine.hasListeners();
    }

    /** Comes to the line; under the queue's mutex. */
    void enters(long now, long timeout) {
        enteredAt = now;
        deadline = Nanos.after(now, timed ? timeout : terms.callNanos);
    }

    private static VarHandle stateHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(Ticket.class, "state", State.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What the caller gets for an answered ticket. */
    @Nullable
    Lease outcome() {
        switch (state()) {
            case BUSY -> {
                if (throwsWhenTaken) {
                    throw new LockTimeoutException(
                            queue.lockName,
                            "The lock " + where() + " was held by somebody else for all of the " + waited()
                                    + " that the caller waited");
                }
                return null;
            }
            case FAILED -> throw failed();
            case CLOSED -> throw closed();
            case CANCELLED ->
                throw new CancellationException("The acquisition of the lock " + where() + " was cancelled");
            default -> {
                return this;
            }
        }
    }

    private ClientClosedException closed() {
        return new ClientClosedException(
                queue.lockName, "The client was closed before the lock " + where() + " was acquired");
    }

    private String where() {
        return Printable.quoted(queue.lockName) + " on " + queue.engine.backendId();
    }

    private String waited() {
        return Text.time(queue.engine.platform.nanoTime() - enteredAt);
    }

    private BackendException failed() {
        BackendException cause = Objects.requireNonNull(failure);
        String store = queue.engine.backendId();
        String message =
                "Could not acquire the lock " + where() + " (tried for " + waited() + "): " + cause.getMessage();
        return cause.isTransient()
                ? BackendException.transientFault(store, queue.lockName, message, cause)
                : BackendException.fatal(store, queue.lockName, message, cause);
    }

    /** Completes the future of an answered ticket; a lease that nobody takes is given back. */
    void complete() {
        CompletableFuture<@Nullable Lease> waiting = Objects.requireNonNull(future);
        boolean taken;
        try {
            if (state() == State.LOST) {
                throw loss == LeaseLoss.CLIENT_CLOSED
                        ? closed()
                        : lostException("was granted, and lost before its caller had it");
            }
            taken = waiting.complete(outcome());
        } catch (LockException | CancellationException e) {
            waiting.completeExceptionally(e);
            return;
        }
        if (!taken) {
            queue.releaseAsync(this, new CompletableFuture<>());
        }
    }

    /** The turn begins: under the queue's mutex. */
    void begin(StoreClaim granted, long grantedToken, long now) {
        claim = granted;
        token = grantedToken;
        heldSince = now;
        long until = Nanos.after(now, terms.maxHoldNanos);
        if (!terms.autoRenewal && granted.session() != null) {
            until = Nanos.earlier(until, Nanos.after(now, terms.leaseNanos));
        }
        holdUntil = until;
        become(State.HELD);
    }

    StoreClaim claim() {
        StoreClaim held = state() == State.WAITING ? null : claim;
        if (held == null) {
            throw new IllegalStateException("not granted");
        }
        return held;
    }

    /** When the lease ends although the store would keep the lock: maxHold, or no renewal on a store without expiry. */
    long holdUntil() {
        return holdUntil;
    }

    /** The lease ends without a release: under the queue's mutex. Returns whom to tell. */
    @Nullable
    CompletableFuture<LeaseLoss> lose(LeaseLoss why) {
        loss = why;
        become(State.LOST);
        return lossSignal;
    }

    Due timer() {
        Due due = timer;
        if (due == null) {
            due = new Due() {
                @Override
                void fire(long nowNanos) {
                    queue.fired(Ticket.this, nowNanos);
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

    /** What is told of this ticket, in order; under the queue's mutex. */
    SerialTasks announcements() {
        SerialTasks tasks = announcements;
        if (tasks == null) {
            tasks = new SerialTasks(queue.engine::callback);
            announcements = tasks;
        }
        return tasks;
    }

    @Override
    public String lockName() {
        return queue.lockName;
    }

    @Override
    public long token() {
        return token;
    }

    @Override
    public String tokenText() {
        return Token.text(token);
    }

    @Override
    public long storeRevision() {
        return claim().revision();
    }

    @Override
    public Duration leaseTime() {
        long granted = claim().grantedLeaseNanos();
        return Nanos.duration(
                terms.autoRenewal || claim().session() == null ? granted : Math.min(granted, terms.leaseNanos));
    }

    @Override
    public boolean isHeld() {
        if (state() != State.HELD) {
            return false;
        }
        long until = validUntil();
        return until == Nanos.NEVER
                || !Nanos.isPast(until, queue.engine.platform.nanoTime())
                || queue.isStillHeld(this);
    }

    @Override
    public Duration remaining() {
        if (state() != State.HELD) {
            return Duration.ZERO;
        }
        long until = validUntil();
        return Nanos.duration(Nanos.until(until, queue.engine.platform.nanoTime()));
    }

    long validUntil() {
        return Nanos.earlier(holdUntil, claim().validUntil());
    }

    @Override
    public void ensureHeld() {
        if (isHeld()) {
            return;
        }
        LeaseLoss why = loss;
        if (why == null) {
            throw new IllegalStateException("The lease on " + Printable.quoted(queue.lockName) + " has been released");
        }
        throw lostException("is no longer held");
    }

    /** Why the lease was lost, or null if it was not. */
    @Nullable
    LeaseLoss loss() {
        return loss;
    }

    LeaseLostException lostException(String what) {
        LeaseLoss why = loss == null ? LeaseLoss.EXPIRED : loss;
        return new LeaseLostException(
                queue.lockName,
                why,
                "The lock " + Printable.quoted(queue.lockName) + " on " + queue.engine.backendId() + " " + what
                        + ": the lease with token " + token + " was lost (" + why
                        + "). Work done since then may overlap with another holder's");
    }

    @Override
    public CompletionStage<LeaseLoss> whenLost() {
        return queue.lossSignal(this).minimalCompletionStage();
    }

    /** Under the queue's mutex. */
    CompletableFuture<LeaseLoss> lossSignal() {
        CompletableFuture<LeaseLoss> signal = lossSignal;
        if (signal == null) {
            signal = new CompletableFuture<>();
            lossSignal = signal;
            if (loss != null) {
                signal.complete(loss);
            }
        }
        return signal;
    }

    @Override
    public ReleaseResult release() {
        return queue.release(this);
    }

    @Override
    public CompletionStage<ReleaseResult> releaseAsync() {
        CompletableFuture<ReleaseResult> result = new CompletableFuture<>();
        queue.releaseAsync(this, result);
        return result.minimalCompletionStage();
    }

    @Override
    public void close() {
        release();
    }

    @Override
    public String toString() {
        return "Lease[" + Printable.quoted(queue.lockName) + ", token=" + token + ", " + state() + "]";
    }
}
