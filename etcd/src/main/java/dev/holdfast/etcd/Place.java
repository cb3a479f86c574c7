// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A key that a claim has, or may have, in etcd. It is bound to a session, and no other attempt ever has the same one. */
final class Place {
    private final LeaseSession session;
    private final String key;
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicReference<@Nullable Vigil> vigil = new AtomicReference<>();
    private volatile long created;
    private volatile boolean queued;
    private volatile boolean held;
    private volatile boolean crowded;

    Place(LeaseSession session, String key) {
        this.session = session;
        this.key = key;
    }

    LeaseSession session() {
        return session;
    }

    String key() {
        return key;
    }

    /** The revision at which the key was created, which is the grant's; 0 while that is not known. */
    long created() {
        return created;
    }

    void createdAt(long revision) {
        created = revision;
    }

    /** Whether the claim was told that it stands in line here. */
    boolean isQueued() {
        return queued;
    }

    void isQueuedNow() {
        queued = true;
    }

    boolean isHeld() {
        return held;
    }

    void isHeldNow() {
        held = true;
    }

    /** Whether so many come and go that only the next one ahead is watched. */
    boolean isCrowded() {
        return crowded;
    }

    void isCrowdedNow() {
        crowded = true;
    }

    void asked() {
        unanswered.incrementAndGet();
    }

    void answered() {
        unanswered.decrementAndGet();
    }

    /** Whether a request that makes the key may still be on its way. */
    boolean mayAppear() {
        return unanswered.get() > 0;
    }

    @Nullable
    Vigil vigil() {
        return vigil.get();
    }

    /** Watches something else, or nothing any more. */
    void watch(@Nullable Vigil next) {
        Vigil last = vigil.getAndSet(next);
        if (last != null) {
            last.end();
        }
    }
}
