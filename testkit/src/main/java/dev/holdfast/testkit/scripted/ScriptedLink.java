// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import dev.holdfast.BackendException;
import dev.holdfast.internal.engine.Platform;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.LockBackend;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One client's connection to a {@link ScriptedStore}, and the faults that can happen on it. A fault touches no other link. */
public final class ScriptedLink {
    private final ScriptedStore store;
    private final String name;
    private final @Nullable Platform platform;
    private final LinkBackend backend;
    private final LinkFaults faults = new LinkFaults();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong claims = new AtomicLong();

    ScriptedLink(ScriptedStore store, String name, @Nullable Platform platform) {
        this.store = store;
        this.name = name;
        this.platform = platform;
        backend = new LinkBackend(store, this);
    }

    /**
     * The link's name.
     *
     * @return as given, or a number
     */
    public String name() {
        return name;
    }

    /**
     * The client's backend.
     *
     * @return always the same one, not opened by the link
     */
    public LockBackend backend() {
        return backend;
    }

    /** From now on requests, replies and pushes vanish, until {@link #heal()}. */
    public void silence() {
        faults.silence();
    }

    /** From now on requests are applied, but replies and pushes are held back; {@link #heal()} delivers them in order. */
    public void stall() {
        faults.stall();
    }

    /** From now on pushes vanish, until {@link #heal()}. */
    public void dropPushes() {
        faults.dropPushes();
    }

    /** Ends {@link #silence()}, {@link #stall()} and {@link #dropPushes()}. */
    public void heal() {
        faults.heal().forEach(store::carry);
    }

    /**
     * The next requests about locks are applied, and their replies vanish.
     *
     * @param number how many
     */
    public void loseReplies(int number) {
        faults.loseReplies(number);
    }

    /**
     * The next requests about locks vanish.
     *
     * @param number how many
     */
    public void loseRequests(int number) {
        faults.loseRequests(number);
    }

    /** The next request about a lock stays under way until {@link #deliverHeldRequest()}; later ones pass it. */
    public void holdNextRequest() {
        faults.holdNext();
    }

    /** Lets the request of {@link #holdNextRequest()} arrive, on this thread; returns when it was applied. */
    public void deliverHeldRequest() {
        Message held = faults.takeHeld();
        if (held == null) {
            throw new IllegalStateException("no request is held");
        }
        held.arrive();
    }

    /** The next request about a lock arrives twice. */
    public void duplicateNextRequest() {
        faults.doubleNext();
    }

    /**
     * The next requests about locks are not applied but answered with an error.
     *
     * @param number how many
     * @param cause the error, transient or fatal
     * @param mayHaveApplied what the client is told of an acquire request
     */
    public void refuse(int number, BackendException cause, boolean mayHaveApplied) {
        faults.refuse(number, new LinkFaults.Refusal(cause, mayHaveApplied));
    }

    /** Ends the client's session at the store. Only for stores with sessions. */
    public void endSession() {
        backend.endSessionAtStore();
    }

    /**
     * How many requests about locks the client has sent so far.
     *
     * @return the number
     */
    public long requests() {
        return requests.get();
    }

    /**
     * What a claim of this client is called in the texts of messages.
     *
     * @param claim the claim
     * @return the link's name and a number, in the order in which the claims were first asked for
     */
    String alias(Claim claim) {
        return attempt(claim).alias;
    }

    /** What the client's side knows about a claim; kept in its attachment. */
    Attempt attempt(Claim claim) {
        if (claim.attachment() instanceof Attempt known) {
            return known;
        }
        Attempt fresh = new Attempt(name + claims.incrementAndGet());
        claim.attach(fresh);
        return fresh;
    }

    LinkFaults faults() {
        return faults;
    }

    void countRequest() {
        requests.incrementAndGet();
    }

    /** The client's clock. */
    long nanoTime() {
        return platform == null ? System.nanoTime() : platform.nanoTime();
    }

    @Nullable
    Platform platform() {
        return platform;
    }

    @Override
    public String toString() {
        return "ScriptedLink[" + name + "]";
    }
}
