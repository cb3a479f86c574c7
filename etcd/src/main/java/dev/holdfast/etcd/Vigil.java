// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.etcd.link.Cluster;
import dev.holdfast.etcd.wire.Watching;
import dev.holdfast.spi.Claim;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the deletion of keys before a claim's own.
 *
 * <p>If only a few are ahead it watches them all: whoever is ahead is known, they only ever become fewer, and when the last of them is gone it is
 * the claim's turn, without another question. If more are ahead it watches the next one alone, whose deletion is only a reason to look: it may
 * have been one that gave up.
 *
 * <p>It watches from now on and not from the revision of the look before: what etcd has to catch up with, it tells every 100 ms only. If anything was
 * written since that look, there is another one as soon as the watch has begun.
 */
final class Vigil implements Cluster.Watcher {
    /** Deletions of others, behind this claim or below names that go on, after which one that watches all of them watches its predecessor alone. */
    private static final int CROWD = 16;

    private final Client client;
    private final Claim claim;
    private final Place place;

    /** Who is ahead, as far as it is watched; never more than when it began. */
    private final Set<String> ahead = ConcurrentHashMap.newKeySet();

    /** Whether nobody but these is ahead. */
    private final boolean all;

    private final long fromRevision;
    private final AtomicReference<@Nullable Runnable> cancel = new AtomicReference<>();
    private int others;

    /** What was deleted before this revision is known from looks. */
    private volatile long knownBefore;

    /** What is deleted after this revision is told. */
    private volatile long begunAt = Long.MAX_VALUE;

    private volatile boolean begun;
    private volatile boolean over;

    private Vigil(Client client, Claim claim, Place place, List<String> ahead, boolean all, long fromRevision) {
        this.client = client;
        this.claim = claim;
        this.place = place;
        this.ahead.addAll(ahead);
        this.all = all;
        this.fromRevision = fromRevision;
        this.knownBefore = fromRevision;
    }

    /**
     * Watches for those who are ahead, unless that is being done already.
     *
     * @param ahead some of them, the next one first
     * @param all whether that is all of them
     * @param fromRevision the one that follows that at which they were there
     */
    static void keep(Client client, Claim claim, Place place, List<String> ahead, boolean all, long fromRevision) {
        Vigil last = place.vigil();
        if (last != null && last.goesOn(ahead, fromRevision)) {
            return;
        }
        boolean many = !all || place.isCrowded();
        Vigil next = new Vigil(client, claim, place, many ? ahead.subList(0, 1) : ahead, !many, fromRevision);
        place.watch(next);
        next.begin();
        if (Seat.of(claim).isLeaving()) {
            place.watch(null);
        }
    }

    private boolean goesOn(List<String> stillAhead, long lookedBefore) {
        if (all) {
            ahead.retainAll(stillAhead);
            knownBefore = Math.max(knownBefore, lookedBefore);
        }
        return !over && !ahead.isEmpty() && (all || ahead.contains(stillAhead.get(0)));
    }

    private void begin() {
        byte[] request = all
                ? Watching.forDeletionsBelow(Names.prefix(claim.key()))
                : Watching.forDeletion(ahead.iterator().next());
        cancel.set(client.cluster().watch(request, this));
        if (over) {
            end();
        }
    }

    /** Servers before 3.4.38, 3.5.22 and 3.6.2 may tell of older deletions, of a key that was used again. */
    @Override
    public void told(byte[] message) {
        Watching watching = Watching.read(message);
        begun |= watching.created();
        List<Watching.Deletion> deletions = watching.deletions().stream()
                .filter(deletion -> deletion.revision() >= fromRevision)
                .toList();
        if (over) {
            return;
        }
        if (!deletions.isEmpty()) {
            gone(deletions);
        } else if (watching.canceled()) {
            ended();
        } else if (watching.created()) {
            begins(watching.header().revision());
        }
    }

    private void begins(long revision) {
        begunAt = revision;
        if (!isUnbroken()) {
            AcquireCall.look(client, claim, place, revision);
        }
    }

    /** Whether no deletion was missed, not even that of the claim's own key. */
    private boolean isUnbroken() {
        return knownBefore > begunAt;
    }

    private void gone(List<Watching.Deletion> deletions) {
        boolean outOfLine = false;
        for (Watching.Deletion deletion : deletions) {
            outOfLine |= deletion.key().equals(place.key());
            if (!ahead.remove(deletion.key())) {
                others++;
            }
        }
        if (ahead.isEmpty() && all && isUnbroken() && !outOfLine) {
            end();
            AcquireCall.turn(client, claim, place);
        } else if (ahead.isEmpty() || outOfLine || others > CROWD) {
            end();
            if (others > CROWD) {
                place.isCrowdedNow();
            }
            AcquireCall.look(
                    client, claim, place, deletions.get(deletions.size() - 1).revision());
        }
    }

    /** Perhaps the connection broke, perhaps the revision has been compacted away. */
    @Override
    public void ended() {
        if (!over) {
            over = true;
            // One that never began is tried again at the next slow re-check, not in a circle.
            if (begun) {
                client.events().wake(claim.key());
            }
        }
    }

    void end() {
        over = true;
        Runnable running = cancel.getAndSet(null);
        if (running != null) {
            running.run();
        }
    }
}
