// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import dev.holdfast.LockInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A store of locks, as the engine sees it. Thread-safe.
 *
 * <p>Requests about one claim come one after the other, but for {@link #renew}, which may overtake a release, and for {@link #releaseAll}. Each of {@link #acquire}, {@link
 * #renew}, {@link #withdraw} and {@link #release} is one bounded exchange with the store, answered through the claim, and idempotent
 * per {@link Claim#id()}: when no answer comes, the engine asks again. A blocking backend ({@link Deployment#blocking()}) answers
 * before it returns; any other must not block.
 *
 * <p>A backend throws from these methods only for a defect; what the store or the network does wrong is an answer.
 */
public interface LockBackend extends AutoCloseable {
    /**
     * The backend's name, in messages and metric tags.
     *
     * @return a short lower-case word, for example {@code redis}
     */
    String id();

    /**
     * Connects, and finds out what the store is. Called once, before anything else.
     *
     * @param events where to tell what happens unasked
     * @param timeout how long this may take
     * @return what was found
     * @throws dev.holdfast.BackendException if the store cannot be used; the message says what to do
     */
    Deployment open(BackendEvents events, Duration timeout);

    /**
     * Asks for the lock once. If it is taken and {@link Claim#waits()}, the claim stands in the store's line where there is one. A
     * repeated call finds the claim's own grant or place, so it is also the slow check that a push was not lost.
     *
     * @param claim the claim; answered by granted, queued, busy or failed
     */
    void acquire(Claim claim);

    /**
     * Removes all that the claim may have made in the store, whether it stands in line, was granted unnoticed, or is not there at all.
     *
     * @param claim the claim; answered by freed or notFreed
     */
    void withdraw(Claim claim);

    /**
     * Renews leases, those of one node of the store in one exchange, so that one stalled node costs no other node's locks. Only
     * called where the expiry is per lock, and to verify.
     *
     * @param claims granted claims; each is answered by renewed, gone or notRenewed
     */
    void renew(List<Claim> claims);

    /**
     * Gives a lock back if the claim still holds it, and, where the store can, queues the next claim in the same exchange.
     *
     * @param claim the granted claim; answered by freed or notFreed
     * @param next a claim for the same key to acquire as by {@link #acquire} afterwards, or null. Only given where the deployment has
     *     a {@link Deployment#line() line}
     */
    void release(Claim claim, @Nullable Claim next);

    /**
     * Gives many locks back, and withdraws claims that wait, because the client closes. Returns when all are answered or the time
     * is over.
     *
     * @param claims claims in any state; answers are welcome but not needed
     * @param giveUpNanos until when to try, a value of {@link System#nanoTime()}
     */
    void releaseAll(List<Claim> claims, long giveUpNanos);

    /**
     * What the store knows about a lock.
     *
     * @param key the key
     * @return the holder, or null if nobody holds the lock
     */
    CompletionStage<@Nullable LockInfo> inspect(String key);

    /**
     * A page of the held locks.
     *
     * @param prefix what the full names start with
     * @param cursor where to go on, from the page before, or null to start
     * @return the page
     */
    CompletionStage<Page> list(String prefix, @Nullable String cursor);

    /**
     * Makes the holder of a lock lose it.
     *
     * @param key the key
     * @param now whether to free the lock at once, instead of after the rest of the lease
     * @return false if nobody held the lock; fails with a BackendException where the store cannot do this
     */
    CompletionStage<Boolean> forceRelease(String key, boolean now);

    /**
     * Disconnects. Called once, after {@link #releaseAll}; nothing is asked for afterwards, though a withdrawal that was under way may still come
     * and may go unanswered. Does not throw for an outage.
     */
    @Override
    void close();
}
