// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A key that a claim has, or may have, in etcd. It is bound to a session. Another attempt has the same one only after it is certain that this one's is
 * gone and that nothing makes it again: etcd remembers every key that ever was, until it is compacted, and looks through them all when it is asked for
 * those below a name.
 */
final class Place {
    private final LeaseSession session;
    private final String key;
    private final int number;
    private final AtomicReference<@Nullable Vigil> vigil = new AtomicReference<>();
    private final AtomicReference<@Nullable Lookout> lookout = new AtomicReference<>();
    private volatile long created;
    private volatile boolean queued;
    private volatile boolean held;
    private volatile boolean crowded;
    private boolean givenUp;
    private long grantedAt;
    private int unanswered;
    private boolean gone;

    /** No key that was made up to this revision is there any more. */
    private long goneUpTo;

    Place(LeaseSession session, String key, int number) {
        this.session = session;
        this.key = key;
        this.number = number;
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

    /** The key is there. What is answered late does not make it older again. */
    synchronized void createdAt(long revision) {
        created = Math.max(created, revision);
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

    /**
     * The claim is granted its lock here, unless the place was given up.
     *
     * @return whether it may be told
     */
    synchronized boolean isHeldNow() {
        if (!held && !givenUp) {
            held = true;
            grantedAt = created;
        }
        return held;
    }

    /** Whether the key was made once more after the lock was granted: others may have had the lock in between. */
    synchronized boolean isHeldNoMore() {
        return held && created > grantedAt;
    }

    /**
     * The claim leaves before it had the lock here, so that it is never granted here: the key is going to be deleted, or is not there.
     *
     * @return whether it may leave; not if it was granted
     */
    synchronized boolean isGivenUpNow() {
        givenUp |= !held;
        return givenUp;
    }

    /** Whether so many come and go that only the next one ahead is watched. */
    boolean isCrowded() {
        return crowded;
    }

    void isCrowdedNow() {
        crowded = true;
    }

    /**
     * A request is sent that makes the key, or deletes it whoever made it. Until it is answered nobody else may have the key.
     *
     * @return whether it may be sent; not if the key is gone for good
     */
    synchronized boolean asked() {
        if (!gone) {
            unanswered++;
        }
        return !gone;
    }

    /** Such a request is sent once more: whatever is answered, the other one may still be on its way. */
    synchronized void mayComeTwice() {
        unanswered++;
    }

    /** Such a request was answered, which says nothing of the key, or was not sent after all. */
    void answered() {
        answered(0);
    }

    /**
     * Such a request was answered.
     *
     * @param revision the one at which the key was created that is there; 0 if there is none. If that was after the deletion, it has come back, and is there
     *     until it is deleted too
     */
    void answered(long revision) {
        boolean free;
        synchronized (this) {
            createdAt(revision);
            gone &= created <= goneUpTo;
            unanswered--;
            free = gone && unanswered == 0;
        }
        if (free) {
            session.mayReuse(number);
        }
    }

    /** Whether a request that makes the key may still be on its way. */
    synchronized boolean mayAppear() {
        return unanswered > 0;
    }

    /**
     * The key is not there any more, by an answer of etcd, unless it has come back since. When no request about it is on its way, another attempt may have it.
     *
     * @param revision the one up to which whatever was created is gone
     */
    void isGoneForGood(long revision) {
        boolean free;
        synchronized (this) {
            goneUpTo = Math.max(goneUpTo, revision);
            // The answer that it has come back may be faster than that to its deletion.
            boolean there = created > goneUpTo;
            free = !gone && !there && unanswered == 0;
            gone |= !there;
        }
        if (free) {
            session.mayReuse(number);
        }
    }

    /**
     * Gives the key up, of which the last that was heard is that it is not there.
     *
     * @return false if a request about it is on its way, or it has been heard that it is there
     */
    boolean abandon() {
        boolean free;
        synchronized (this) {
            free = !gone && unanswered == 0 && created == 0;
            gone |= free;
        }
        if (free) {
            session.mayReuse(number);
        }
        return free;
    }

    @Nullable
    Vigil vigil() {
        return vigil.get();
    }

    /** Waits for somebody else, or for nobody any more. */
    void watch(@Nullable Vigil next) {
        Vigil last = vigil.getAndSet(next);
        if (last != null) {
            last.end();
        }
    }

    /** What hears of all deletions below the lock's name; it goes on for the next attempt of the client, if there is one before the place is left. */
    Lookout lookout(Client client, String lockKey) {
        Lookout known = lookout.get();
        if (known != null && !known.isOver()) {
            return known;
        }
        Lookout next = client.lookout(lockKey);
        listen(next);
        return next;
    }

    /** Takes the lookout over from the place of one who leaves, before he does. */
    void listenLike(Client client, String lockKey, Place other) {
        if (other.lookout.get() != null) {
            lookout(client, lockKey);
        }
    }

    private void listen(@Nullable Lookout next) {
        Lookout last = lookout.getAndSet(next);
        if (last != null) {
            last.leave();
        }
    }

    /** Nothing is waited for or listened to here any more. */
    void leave() {
        watch(null);
        listen(null);
    }
}
