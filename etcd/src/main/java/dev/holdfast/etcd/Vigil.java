// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.etcd.link.Cluster;
import dev.holdfast.etcd.wire.Watching;
import dev.holdfast.spi.Claim;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the deletion of the key before a claim's own. That is only a reason to look: who has the lock then, etcd says.
 *
 * <p>It watches from now on and not from the revision of the look before: what etcd has to catch up with, it tells every 100 ms only. If anything was
 * written since that look, there is another one as soon as the watch has begun.
 */
final class Vigil implements Cluster.Watcher {
    private final Client client;
    private final Claim claim;
    private final Place place;
    private final String before;
    private final long fromRevision;
    private final AtomicReference<@Nullable Runnable> cancel = new AtomicReference<>();
    private volatile boolean begun;
    private volatile boolean over;

    private Vigil(Client client, Claim claim, Place place, String before, long fromRevision) {
        this.client = client;
        this.claim = claim;
        this.place = place;
        this.before = before;
        this.fromRevision = fromRevision;
    }

    /** Watches for one who is ahead, unless that is being done already. */
    static void keep(Client client, Claim claim, Place place, String before, long fromRevision) {
        Vigil last = place.vigil();
        if (last != null && !last.over && last.before.equals(before)) {
            return;
        }
        Vigil next = new Vigil(client, claim, place, before, fromRevision);
        place.watch(next);
        next.begin();
        if (Seat.of(claim).isLeaving()) {
            place.watch(null);
        }
    }

    private void begin() {
        cancel.set(client.cluster().watch(Watching.forDeletion(before), this));
        if (over) {
            end();
        }
    }

    /** Servers before 3.4.38, 3.5.22 and 3.6.2 may tell of older deletions, of a key that was used again. */
    @Override
    public void told(byte[] message) {
        Watching watching = Watching.read(message);
        begun |= watching.created();
        if (over) {
            return;
        }
        if (watching.deletedAt() >= fromRevision) {
            end();
            AcquireCall.look(client, claim, place);
        } else if (watching.created() && watching.header().revision() >= fromRevision) {
            AcquireCall.look(client, claim, place);
        } else if (watching.canceled()) {
            ended();
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
