// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.etcd.link.Cluster;
import dev.holdfast.etcd.wire.Watching;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Hears of deletions, for those who wait for them. One for all that is deleted below a lock's name is shared by the attempts of a client and goes
 * on from each to the next one, for to begin a watch costs etcd and the client as much as a change does. It remembers what was deleted lately,
 * because the answer to a change may come later than what is told of the time after it.
 *
 * <p>It hears from now on and not from an earlier revision: what etcd has to catch up with, it tells every 100 ms only.
 */
final class Lookout implements Cluster.Watcher {
    /** How many deletions are remembered. */
    private static final int REMEMBERED = 64;

    /** After how many deletions that nobody waits for it ends. */
    private static final int IN_VAIN = 16;

    private final Client client;
    private final String lockKey;
    private final byte[] request;
    private final String where;
    private final AtomicReference<@Nullable Runnable> cancel = new AtomicReference<>();
    private final Set<Vigil> vigils = new LinkedHashSet<>();
    private final ArrayDeque<Watching.Deletion> lately = new ArrayDeque<>();

    /** What is deleted after this revision is told, and remembered. */
    private long since = Long.MAX_VALUE;

    private int users = 1;
    private int inVain;
    private volatile boolean over;

    private Lookout(Client client, String lockKey, byte[] request) {
        this.client = client;
        this.lockKey = lockKey;
        this.request = request;
        this.where = client.cluster().where();
    }

    /** For all that is deleted below the name of a lock. */
    static Lookout below(Client client, String lockKey) {
        return new Lookout(client, lockKey, Watching.forDeletionsBelow(Names.prefix(lockKey)));
    }

    /** For one key, for somebody who alone wants to know. */
    static Lookout of(Client client, String lockKey, String key) {
        return new Lookout(client, lockKey, Watching.forDeletion(key));
    }

    void begin() {
        cancel.set(client.cluster().watch(request, this));
        if (over) {
            stop();
        }
    }

    /** One more needs it, unless it has ended. */
    synchronized boolean enter() {
        if (isOver()) {
            return false;
        }
        users++;
        return true;
    }

    /** One fewer needs it; it ends with the last one. */
    void leave() {
        boolean last;
        synchronized (this) {
            last = --users == 0;
            over |= last;
        }
        if (last) {
            end();
        }
    }

    /** Whether it hears nothing any more, or from a member that was given up. */
    boolean isOver() {
        return over || !where.equals(client.cluster().where());
    }

    /** Tells somebody from now on, and what he may have missed. */
    void tell(Vigil vigil) {
        long begunAt;
        List<Watching.Deletion> missed;
        synchronized (this) {
            vigils.add(vigil);
            inVain = 0;
            begunAt = since;
            missed = List.copyOf(lately);
        }
        vigil.hears(begunAt, missed);
        if (over) {
            vigil.ended(begunAt != Long.MAX_VALUE);
        }
        if (vigil.isOver()) {
            tellNoMore(vigil);
        }
    }

    synchronized void tellNoMore(Vigil vigil) {
        vigils.remove(vigil);
    }

    @Override
    public void told(byte[] message) {
        Watching watching = Watching.read(message);
        if (watching.canceled()) {
            ended();
            return;
        }
        List<Vigil> hearers;
        boolean inVainForLong;
        synchronized (this) {
            if (watching.created()) {
                since = watching.header().revision();
            }
            watching.deletions().forEach(this::remember);
            hearers = List.copyOf(vigils);
            inVain = hearers.isEmpty() ? inVain + watching.deletions().size() : 0;
            inVainForLong = inVain > IN_VAIN;
        }
        long begins = watching.created() ? watching.header().revision() : Long.MAX_VALUE;
        hearers.forEach(vigil -> vigil.hears(begins, watching.deletions()));
        if (inVainForLong) {
            // Somebody may have begun to listen since. The end of the call is told after it was cancelled, and wakes
            // him.
            end();
        }
    }

    private void remember(Watching.Deletion deletion) {
        lately.add(deletion);
        if (lately.size() > REMEMBERED) {
            since = Math.max(since, lately.remove().revision());
        }
    }

    /** Perhaps the connection broke, perhaps it may not be watched. */
    @Override
    public void ended() {
        end();
        List<Vigil> hearers;
        boolean begun;
        synchronized (this) {
            hearers = List.copyOf(vigils);
            begun = since != Long.MAX_VALUE;
        }
        hearers.forEach(vigil -> vigil.ended(begun));
    }

    private void end() {
        over = true;
        client.forget(lockKey, this);
        stop();
    }

    private void stop() {
        Runnable running = cancel.getAndSet(null);
        if (running != null) {
            running.run();
        }
    }
}
