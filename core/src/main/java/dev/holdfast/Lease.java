// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Proof that its owner holds a lock. A lease belongs to whoever holds the object, not to a thread: it may be passed on, and
 * released anywhere. Thread-safe.
 *
 * <p>Validity is pessimistic: {@link #isHeld()} turns false before the store could grant the lock to somebody else, counted
 * from the moment at which the request that set the expiry was sent (Gray and Cheriton, <i>Leases</i>, SOSP 1989), minus a
 * margin. No two machines' clocks are ever compared. Between a check and what the caller does next any amount of time may
 * pass; only a resource that compares {@link #token() tokens} is safe against that.
 */
public interface Lease extends AutoCloseable {
    /**
     * The name of the lock.
     *
     * @return as given to {@link Holdfast#lock(String)}
     */
    String lockName();

    /**
     * The fencing token: strictly larger than that of every earlier lease on this name, across clients, expiry, crashes and
     * restarts. Made of the {@link #storeRevision()} and a turn number within it.
     *
     * @return a positive number
     */
    long token();

    /**
     * The {@link #token()} as 19 decimal digits with leading zeros, so that text order is number order. For JSON, Lua and
     * other places that keep numbers as doubles, which would merge neighbouring tokens.
     *
     * @return 19 digits
     */
    String tokenText();

    /**
     * The store's own revision of this grant, for guards inside the store and for resources shared with other lockers. Leases
     * that were handed over inside one client share it.
     *
     * @return the revision
     */
    long storeRevision();

    /**
     * The lease time that was granted, which may be longer than the one asked for when the store has a floor.
     *
     * @return the time, or {@link java.time.temporal.ChronoUnit#FOREVER} where the lock does not expire while this process
     *     lives
     */
    Duration leaseTime();

    /**
     * Whether the lease is valid now. Does no I/O, and answers false before anybody else can be granted the lock.
     *
     * @return false once released, lost or past its deadline
     */
    boolean isHeld();

    /**
     * How long the lease stays valid if it is not renewed again. Does no I/O.
     *
     * @return zero once released, lost or past the deadline; {@link java.time.temporal.ChronoUnit#FOREVER} if it does not
     *     expire
     */
    Duration remaining();

    /**
     * Checks {@link #isHeld()}; to be called before a step that must not overlap with another holder's. Does no I/O.
     *
     * @throws LeaseLostException if the lease was lost
     * @throws IllegalStateException if the lease was released
     */
    void ensureHeld();

    /**
     * Tells when the lease is lost, at most once, and never because of a {@link #release()}. Completes on a callback thread of
     * the client, on the lease's own timer, even while a call to the store hangs.
     *
     * @return a stage that completes with the reason; after a normal release it never completes
     */
    CompletionStage<LeaseLoss> whenLost();

    /**
     * Gives the lock back. Idempotent: later calls say {@link ReleaseResult#ALREADY_LOST}. {@link #isHeld()} is false before the
     * store is told. Waits for the store's answer for at most {@link LockOptions#callTimeout()}; an interrupt is kept and does
     * not stop the release.
     *
     * @return what is known about the lock now
     */
    ReleaseResult release();

    /**
     * Gives the lock back without waiting for the store. {@link #isHeld()} is false when this returns.
     *
     * @return a stage that completes with what {@link #release()} would have returned, never exceptionally
     */
    CompletionStage<ReleaseResult> releaseAsync();

    /** {@link #release() Releases} the lease. Does not throw if it was lost before; ask {@link #ensureHeld()} to know. */
    @Override
    void close();
}
