// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One claim of this client to one lock at the store: first a request, perhaps a place in the store's line, then a grant, until it is
 * freed. The engine makes it; the backend reads what is asked and answers by calling one of the answer methods.
 *
 * <p>Answers never block, may come from any thread, and may come before the call that they answer has returned. A late, repeated or
 * unexpected answer does no harm: the engine ignores it or, for a grant that nobody wants any more, calls {@link
 * LockBackend#withdraw}.
 */
public abstract class Claim {
    private static final VarHandle ATTACHMENT = attachmentHandle();

    /** Read and written through its handle: published, but without the fence of a volatile field. */
    @SuppressWarnings("UnusedVariable")
    private @Nullable Object attachment;

    /** For the engine. */
    protected Claim() {}

    private static VarHandle attachmentHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(Claim.class, "attachment", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What kind of hold is asked for. There is one kind so far. */
    public enum Mode {
        /** Nobody else holds the lock at the same time. */
        EXCLUSIVE
    }

    /**
     * The key of the lock in the store.
     *
     * @return the full name, encoded for the deployment's {@link KeySpace}
     */
    public abstract String key();

    /**
     * The full name of the lock, for the record that a listing reads.
     *
     * @return the name with the client's prefix
     */
    public abstract String name();

    /**
     * What tells this claim from every other one, of whatever client, for ever. A retry has the same id.
     *
     * @return up to 64 characters out of {@code [0-9a-z-]}
     */
    public abstract String id();

    /**
     * Who asks, for people.
     *
     * @return the owner label
     */
    public abstract String ownerLabel();

    /**
     * The lease time that is asked for, not below the deployment's floor.
     *
     * @return nanoseconds
     */
    public abstract long leaseNanos();

    /**
     * Whether to stand in line if the lock is taken.
     *
     * @return false for a single attempt
     */
    public abstract boolean waits();

    /**
     * Whether the present thread is that of a caller who does nothing but wait for the answer. A backend may then read the answer on it, for a few
     * milliseconds, so that no other thread has to wake this one. Asked during {@link LockBackend#acquire} and {@link LockBackend#release} only.
     *
     * @return false unless overridden
     */
    public boolean isCallersOwn() {
        return false;
    }

    /**
     * Whether the thread that is asking now will wait for the answer in an {@link AwaitingBackend}, if this claim is queued. Asked by such a
     * backend during {@link LockBackend#acquire} only.
     *
     * @return whether {@link AwaitingBackend#await} or {@link AwaitingBackend#recall} follows
     */
    public boolean awaits() {
        return false;
    }

    /**
     * Whether this client may pass the lock on to its own callers without asking the store. Only then does it have to know that others
     * wait; a backend that would have to ask for that need not.
     *
     * @return false if {@link BackendEvents#contended} about this claim changes nothing
     */
    public boolean handsOver() {
        return true;
    }

    /**
     * By when the current call should be answered. The engine takes a later answer for late, and none for an outage.
     *
     * @return a value of {@link System#nanoTime()}
     */
    public abstract long giveUpNanos();

    /**
     * What kind of hold is asked for.
     *
     * @return the mode
     */
    public Mode mode() {
        return Mode.EXCLUSIVE;
    }

    /**
     * How many permits are asked for.
     *
     * @return 1
     */
    public int permits() {
        return 1;
    }

    /**
     * What the backend attached.
     *
     * @return the object, or null
     */
    public final @Nullable Object attachment() {
        return ATTACHMENT.getAcquire(this);
    }

    /**
     * Attaches what the backend needs to know about this claim, such as its node in the store.
     *
     * @param value the object, or null
     */
    public final void attach(@Nullable Object value) {
        ATTACHMENT.setRelease(this, value);
    }

    /**
     * Answers {@link LockBackend#acquire}: the claim holds the lock under a lease of its own.
     *
     * @param revision larger than that of every earlier grant of this key; the same again for a retry that finds its own grant
     * @param sentNanos {@link System#nanoTime()} before the request was sent that set the expiry
     * @param leaseNanos the lease time that the store granted
     */
    public abstract void granted(long revision, long sentNanos, long leaseNanos);

    /**
     * Answers {@link LockBackend#acquire}: the claim holds the lock, at first only for a moment, because the store passed it on to a client
     * of which it does not know whether it still listens. The first renewal, which the engine sends before that moment is over, sets
     * the whole lease time.
     *
     * @param revision larger than that of every earlier grant of this key
     * @param sentNanos a value of {@link System#nanoTime()} before the store granted it
     * @param briefNanos for how long the store grants it until it hears of the client
     * @param leaseNanos the lease time that a renewal sets
     */
    public void grantedBriefly(long revision, long sentNanos, long briefNanos, long leaseNanos) {
        granted(revision, sentNanos, briefNanos);
    }

    /**
     * Answers {@link LockBackend#acquire}: the claim holds the lock for as long as a session lives.
     *
     * @param revision larger than that of every earlier grant of this key; the same again for a retry that finds its own grant
     * @param session the session
     */
    public abstract void granted(long revision, Session session);

    /**
     * Answers {@link LockBackend#acquire}: the lock is taken, the claim waits at the store, and its grant will be pushed; whether in order of
     * arrival says {@link Deployment#line()}.
     */
    public abstract void queued();

    /**
     * Answers {@link LockBackend#acquire} as {@link #queued()} does, and says when the slow re-check is worth its request.
     *
     * @param recheckNanos when the store may have something to tell that it does not push, such as the end of the holder's lease
     */
    public void queued(long recheckNanos) {
        queued();
    }

    /**
     * Answers {@link LockBackend#acquire}: the lock is taken and the claim stands in no line; the engine asks again.
     *
     * @param retryAfterNanos when the lock may come free, or 0 if unknown: the engine polls at its own interval
     */
    public abstract void busy(long retryAfterNanos);

    /**
     * Answers {@link LockBackend#acquire}: the store did not do as asked.
     *
     * @param cause what went wrong
     * @param mayHaveApplied whether the claim may stand in the store all the same
     */
    public abstract void failed(BackendException cause, boolean mayHaveApplied);

    /**
     * Answers {@link LockBackend#renew}: the lease now ends its full time after the request.
     *
     * @param sentNanos {@link System#nanoTime()} before the request was sent
     */
    public abstract void renewed(long sentNanos);

    /**
     * Answers {@link LockBackend#renew}: the claim surely no longer holds the lock.
     *
     * @param why the reason to tell the holder
     */
    public abstract void gone(LeaseLoss why);

    /**
     * Answers {@link LockBackend#renew}: it is not known whether the lease was renewed; the engine tries again until its deadline.
     *
     * @param cause what went wrong
     */
    public abstract void notRenewed(BackendException cause);

    /**
     * Answers {@link LockBackend#release} and {@link LockBackend#withdraw}: nothing of this claim is left in the store.
     *
     * @param held whether it held the lock until now
     */
    public abstract void freed(boolean held);

    /**
     * Answers {@link LockBackend#release} and {@link LockBackend#withdraw}: it is not known whether anything is left; the engine
     * asks again until it is or the lease time has passed.
     *
     * @param cause what went wrong
     */
    public abstract void notFreed(BackendException cause);
}
