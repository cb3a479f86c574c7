// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.Claim;
import java.util.ArrayDeque;
import java.util.Deque;
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
    private @Nullable Attempt leaving;
    private boolean leavingHeld;
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
        Attempt gone = leaving;
        if (gone == null) {
            tell(() -> claim.freed(false));
            return;
        }
        boolean ours = leavingHeld;
        gone.remove(
                freed -> {
                    leaving = null;
                    tell(() -> claim.freed(ours && freed));
                },
                e -> tell(() -> claim.notFreed(e)));
    }

    private void leaves(Attempt last, boolean wasHeld) {
        attempt = null;
        held = false;
        leaving = last;
        leavingHeld = wasHeld;
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
        which.remove(freed -> leaving = null, e -> {});
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

    /** The node of the attempt is not there any more, though its session is. */
    void vanished() {
        attempt = null;
        if (held) {
            held = false;
            tell(() -> client.events().gone(claim, LeaseLoss.TAKEN_OVER));
        } else {
            begin();
        }
    }

    /** Somebody asked the holder to give the lock back. It is freed when he knows. */
    void revoked(Attempt which) {
        tell(() -> client.events().gone(claim, LeaseLoss.TAKEN_OVER));
        leaves(which, false);
        tell(() -> step(() -> which.remove(freed -> leaving = null, e -> {})));
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
    void failed(Attempt which, BackendException why) {
        if (!held) {
            leaves(which, false);
            which.remove(freed -> leaving = null, e -> {});
            tell(() -> claim.failed(why, false));
        }
    }

    /** Asks whether the claim is still there, because something happened after which that is not certain. */
    void verify() {
        step(() -> {
            Attempt current = attempt;
            if (current == null || !held) {
                tell(() -> claim.gone(LeaseLoss.TAKEN_OVER));
            } else {
                current.line().verify(this::verified);
            }
        });
    }

    private void verified(long sentNanos, @Nullable BackendException unknown, boolean there) {
        if (unknown != null) {
            tell(() -> claim.notRenewed(unknown));
        } else if (there) {
            tell(() -> claim.renewed(sentNanos));
        } else {
            tell(() -> claim.gone(LeaseLoss.TAKEN_OVER));
        }
    }
}
