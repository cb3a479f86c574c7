// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.Claim;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A claim's place at ZooKeeper: its attempts to stand in line, one after the other. Whatever happens to it is one step under its mutex; what
 * is to be told of it is told afterwards, because the engine may answer at once with the next request.
 */
final class Place {
    private final Client client;
    private final Claim claim;
    private final String path;
    private final ReentrantLock mutex = new ReentrantLock();
    private final Deque<Runnable> told = new ArrayDeque<>();

    private @Nullable Attempt attempt;

    /** Those of which something may still be there. A claim that asks again may have another attempt while the last one is being removed. */
    private final Set<Attempt> leaving = new LinkedHashSet<>();

    private @Nullable Attempt lastHeld;
    private boolean lastHeldFreed;
    private boolean waits;
    private boolean held;
    private boolean contended;

    private Place(Client client, Claim claim) {
        this.client = client;
        this.claim = claim;
        path = client.options().lockPath(claim.key());
    }

    static Place of(Client client, Claim claim) {
        Place known = ofKnown(claim);
        if (known != null) {
            return known;
        }
        Place place = new Place(client, claim);
        claim.attach(place);
        return place;
    }

    static @Nullable Place ofKnown(Claim claim) {
        return claim.attachment() instanceof Place place ? place : null;
    }

    Client client() {
        return client;
    }

    Claim claim() {
        return claim;
    }

    /** The lock's node. */
    String path() {
        return path;
    }

    boolean waits() {
        return waits;
    }

    boolean isHeld() {
        return held;
    }

    /** One step. Steps may be taken inside of others; what is to be told is told when the outermost is done. */
    void step(Runnable body) {
        mutex.lock();
        try {
            body.run();
        } finally {
            if (mutex.getHoldCount() > 1) {
                mutex.unlock();
            } else {
                Runnable[] now = told.toArray(Runnable[]::new);
                told.clear();
                mutex.unlock();
                for (Runnable one : now) {
                    one.run();
                }
            }
        }
    }

    private void tell(Runnable answer) {
        told.add(answer);
    }

    // What the engine asks

    void acquire() {
        step(() -> {
            waits = claim.waits();
            Attempt current = attempt;
            if (current == null) {
                begin();
            } else if (held) {
                grant(current);
            } else {
                current.line().lookAgain();
            }
        });
    }

    void release() {
        step(() -> leave(held));
    }

    private void leave(boolean wasHeld) {
        Attempt last = attempt;
        if (last != null) {
            leaves(last, wasHeld);
        }
        if (leaving.isEmpty()) {
            tell(() -> claim.freed(false));
        }
        for (Attempt one : List.copyOf(leaving)) {
            one.remove(freed -> left(one, freed), e -> tell(() -> claim.notFreed(e)));
        }
    }

    /** One is gone that the engine wants to be rid of. */
    private void left(Attempt one, boolean freed) {
        leaving.remove(one);
        lastHeldFreed |= freed && one == lastHeld;
        if (leaving.isEmpty()) {
            boolean ours = lastHeldFreed;
            tell(() -> claim.freed(ours));
        }
    }

    private void leaves(Attempt last, boolean wasHeld) {
        attempt = null;
        held = false;
        leaving.add(last);
        if (wasHeld) {
            lastHeld = last;
        }
    }

    /** Unless the engine has asked to be rid of it meanwhile, and is to be told. */
    private void remove(Attempt which) {
        if (!which.isUnwanted()) {
            which.remove(freed -> leaving.remove(which), e -> {});
        }
    }

    // What its attempt says, in a step

    private void begin() {
        contended = false;
        Attempt next;
        try {
            String unusable = client.options().whyUnusable(claim.key());
            if (unusable != null) {
                throw Faults.unusableName(claim.name(), unusable);
            }
            next = new Attempt(this, client.session());
        } catch (BackendException e) {
            tell(() -> claim.failed(e, false));
            return;
        }
        attempt = next;
        next.begin();
    }

    boolean isCurrent(Attempt which) {
        return attempt == which;
    }

    /** Nobody is ahead, and the session is alive. */
    void grant(Attempt which) {
        if (!isCurrent(which)) {
            throw new IllegalStateException("an attempt that has ended is granted " + path);
        }
        held = true;
        long revision = which.revision();
        tell(() -> claim.granted(revision, which.session()));
    }

    void queued() {
        tell(claim::queued);
    }

    /** Somebody is ahead of a claim that does not wait. */
    void busy(Attempt which) {
        leaves(which, false);
        remove(which);
        tell(() -> claim.busy(0));
    }

    void contended() {
        if (!contended) {
            contended = true;
            tell(() -> client.events().contended(claim));
        }
    }

    boolean isContended() {
        return contended;
    }

    /** A node of the attempt is not there any more, though its session is. What is left of it goes. */
    void vanished(Attempt which) {
        if (held) {
            revoked(which);
        } else {
            leaves(which, false);
            remove(which);
            begin();
        }
    }

    /** Somebody took the lock from the holder, or asked him to give it back. It is freed when he knows. */
    void revoked(Attempt which) {
        tell(() -> client.events().gone(claim, LeaseLoss.TAKEN_OVER));
        leaves(which, false);
        tell(() -> step(() -> remove(which)));
    }

    /** With the session all that stood in it is gone; the engine was told of what was held. */
    void sessionOver() {
        attempt = null;
        if (held) {
            held = false;
        } else if (!client.isClosed()) {
            begin();
        }
    }

    /** The attempt cannot go on; whatever it made is removed. A question about a lock that is held may fail: it is held as before. */
    void failed(Attempt which, BackendException why, boolean mayBeThere) {
        if (!held) {
            leaves(which, false);
            remove(which);
            tell(() -> claim.failed(why, mayBeThere));
        }
    }

    /** Asks whether the claim is still there, because something happened after which that is not certain. */
    void verify() {
        step(() -> {
            Attempt current = attempt;
            if (current == null || !held) {
                tell(() -> claim.gone(LeaseLoss.TAKEN_OVER));
            } else {
                Verification.of(current, this, this::verified);
            }
        });
    }

    private void verified(long sentNanos, @Nullable BackendException unknown) {
        if (unknown != null) {
            tell(() -> claim.notRenewed(unknown));
        } else {
            tell(() -> claim.renewed(sentNanos));
        }
    }
}
