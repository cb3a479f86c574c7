// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * A lock with a name. Cheap to get, stateless and thread-safe: all who ask for the same name on the same store exclude each
 * other, in this process and in others. Not reentrant, because a {@link Lease} belongs to nobody's thread; {@link #asJavaLock()}
 * is.
 *
 * <p>A timeout of zero makes one attempt, a negative one is an {@link IllegalArgumentException}, one of more than 146 years
 * waits for ever. Every call returns within its timeout plus one {@link LockOptions#callTimeout()}, also while the store hangs.
 * A waiter that timed out, was interrupted or cancelled leaves nothing behind in the store.
 *
 * <p>All methods that acquire throw {@link BackendException} when the store cannot be asked: at once if trying again is of no
 * use, otherwise at the caller's deadline or, for calls without one, after a {@link LockOptions#leaseTime()} without an answer.
 * They throw {@link ClientClosedException} when the client is closed before or while they wait.
 */
public interface DistributedLock {
    /**
     * The name of the lock.
     *
     * @return as given to {@link Holdfast#lock(String)}
     */
    String name();

    /**
     * Acquires the lock, waiting for it as long as it takes.
     *
     * @return the lease
     * @throws InterruptedException if the thread is interrupted before or while it waits
     * @throws BackendException if the store cannot be asked
     */
    Lease acquire() throws InterruptedException;

    /**
     * Acquires the lock, waiting for at most the given time.
     *
     * @param timeout how long to wait
     * @return the lease
     * @throws LockTimeoutException if somebody else held the lock for all that time
     * @throws InterruptedException if the thread is interrupted before or while it waits
     * @throws BackendException if the store cannot be asked
     */
    Lease acquire(Duration timeout) throws InterruptedException;

    /**
     * Acquires the lock if it is free. Asks the store once; an interrupt is kept and does not stop it.
     *
     * @return the lease, or null if somebody else holds the lock
     * @throws BackendException if the store cannot be asked
     */
    @Nullable
    Lease tryAcquire();

    /**
     * Acquires the lock if it becomes free within the given time.
     *
     * @param timeout how long to wait
     * @return the lease, or null if somebody else held the lock for all that time
     * @throws InterruptedException if the thread is interrupted before or while it waits
     * @throws BackendException if the store cannot be asked
     */
    @Nullable
    Lease tryAcquire(Duration timeout) throws InterruptedException;

    /**
     * {@link #acquire()} without a thread that waits. Cancelling the future leaves the queue; a grant that comes too late is
     * given back. The future completes on a callback thread of the client.
     *
     * @return a future of the lease
     */
    CompletableFuture<Lease> acquireAsync();

    /**
     * {@link #acquire(Duration)} without a thread that waits; see {@link #acquireAsync()}.
     *
     * @param timeout how long to wait
     * @return a future of the lease; fails with {@link LockTimeoutException}
     */
    CompletableFuture<Lease> acquireAsync(Duration timeout);

    /**
     * {@link #tryAcquire()} without a thread that waits; see {@link #acquireAsync()}.
     *
     * @return a future of the lease, or of null if somebody else holds the lock
     */
    CompletableFuture<@Nullable Lease> tryAcquireAsync();

    /**
     * {@link #tryAcquire(Duration)} without a thread that waits; see {@link #acquireAsync()}.
     *
     * @param timeout how long to wait
     * @return a future of the lease, or of null if somebody else held the lock for all that time
     */
    CompletableFuture<@Nullable Lease> tryAcquireAsync(Duration timeout);

    /**
     * Acquires the lock, runs the body, and releases the lock.
     *
     * @param body what to run under the lock
     * @throws InterruptedException if the thread is interrupted while it waits for the lock; the body has not run
     * @throws LeaseLostException if the body ended normally but the lease had been lost by then. If the body itself threw, its own
     *     exception is thrown, and the loss is added to it as suppressed
     */
    void run(Runnable body) throws InterruptedException;

    /**
     * Acquires the lock, calls the body, and releases the lock.
     *
     * @param body what to call under the lock
     * @param <T> the type of its result
     * @return what the body returned
     * @throws InterruptedException if the thread is interrupted while it waits for the lock; the body has not run
     * @throws LeaseLostException if the body ended normally but the lease had been lost by then. If the body itself threw, its own
     *     exception is thrown, and the loss is added to it as suppressed
     * @throws Exception what the body threw
     */
    <T extends @Nullable Object> T call(Callable<T> body) throws Exception;

    /**
     * A reentrant view that belongs to threads, for code written against {@link Lock}. All views of one name in one client share
     * their owner: a thread that holds the name through one of them re-enters through any other. Nested {@code lock()} and {@code
     * unlock()} do no I/O.
     *
     * <p>A {@code lock()} that re-enters a lost lease throws {@link LeaseLostException}, and so does the outermost {@code
     * unlock()}. Conditions are not supported.
     *
     * @return the view
     */
    Lock asJavaLock();
}
