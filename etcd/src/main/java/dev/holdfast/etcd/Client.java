// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.etcd.link.Cluster;
import dev.holdfast.etcd.link.Method;
import dev.holdfast.etcd.wire.LeaseReply;
import dev.holdfast.etcd.wire.Leases;
import dev.holdfast.etcd.wire.Txn;
import dev.holdfast.spi.BackendEvents;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** This client as etcd knows it: its connections, and a session for each lease time that is in use. */
final class Client {
    private static final long SECOND = 1_000_000_000L;

    private final Cluster cluster;
    private final BackendEvents events;
    private final Faults faults;
    private final Window window;
    private final Map<Long, CompletableFuture<LeaseSession>> sessions = new ConcurrentHashMap<>();
    private final Map<String, Lookout> lookouts = new ConcurrentHashMap<>();

    Client(Cluster cluster, BackendEvents events, Faults faults) {
        this.cluster = cluster;
        this.events = events;
        this.faults = faults;
        this.window = new Window(cluster);
    }

    Cluster cluster() {
        return cluster;
    }

    BackendEvents events() {
        return events;
    }

    Faults faults() {
        return faults;
    }

    /**
     * A change, not before its turn.
     *
     * @param beforeRepeat is run before it is sent once more, so that it may be carried out twice, and long after the answer
     */
    CompletableFuture<byte[]> change(Txn txn, long giveUpNanos, Runnable beforeRepeat) {
        return window.txn(txn, giveUpNanos, beforeRepeat);
    }

    /** What hears of all deletions below a lock's name. The caller leaves it when he needs it no longer. */
    Lookout lookout(String lockKey) {
        Lookout fresh = Lookout.below(this, lockKey);
        Lookout used = lookouts.compute(lockKey, (key, last) -> last != null && last.enter() ? last : fresh);
        if (used == fresh) {
            fresh.begin();
        }
        return used;
    }

    void forget(String lockKey, Lookout ended) {
        lookouts.remove(lockKey, ended);
    }

    /** The session for a lease time, which is rounded up to whole seconds. */
    CompletableFuture<LeaseSession> session(long leaseNanos, long giveUpNanos) {
        long seconds = Math.max(1, (leaseNanos + SECOND - 1) / SECOND);
        CompletableFuture<LeaseSession> known = sessions.get(seconds);
        if (known != null && isUsable(known)) {
            return known;
        }
        CompletableFuture<LeaseSession> asked = new CompletableFuture<>();
        CompletableFuture<LeaseSession> used =
                sessions.compute(seconds, (time, last) -> last != null && isUsable(last) ? last : asked);
        if (used == asked) {
            grant(seconds, giveUpNanos, asked);
        }
        return used;
    }

    /** A session for a lease time, which was made for another purpose. */
    void use(LeaseSession session, long seconds) {
        sessions.putIfAbsent(seconds, CompletableFuture.completedFuture(session));
    }

    private static boolean isUsable(CompletableFuture<LeaseSession> session) {
        return !session.isCompletedExceptionally() && (!session.isDone() || isUsable(session.join()));
    }

    private static boolean isUsable(LeaseSession session) {
        return session.isAlive() && !session.isWornOut();
    }

    private void grant(long seconds, long giveUpNanos, CompletableFuture<LeaseSession> asked) {
        long sent = System.nanoTime();
        var unused = cluster.call(Method.GRANT, Leases.grant(seconds), giveUpNanos)
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        asked.completeExceptionally(failure);
                    } else {
                        LeaseReply reply = LeaseReply.read(answer);
                        asked.complete(LeaseSession.granted(cluster, reply, sent));
                    }
                });
    }

    /** The sessions that are there now. */
    Collection<LeaseSession> sessions() {
        return sessions.values().stream()
                .filter(session -> session.isDone() && !session.isCompletedExceptionally())
                .map(CompletableFuture::join)
                .toList();
    }
}
