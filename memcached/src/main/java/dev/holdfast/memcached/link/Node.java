// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** A server, and the connection to it: one at a time, made when there is something to send. */
public final class Node {
    /** How often the end of connections may make the holders of locks ask after them. */
    private static final long BETWEEN_ALARMS = 1_000_000_000L;

    private final InetSocketAddress address;
    private final Access access;
    private final @Nullable Trust trust;
    private final Runnable alarm;
    private final AtomicLong lastAlarm = new AtomicLong(System.nanoTime() - BETWEEN_ALARMS);
    private final ReentrantLock mutex = new ReentrantLock();
    private @Nullable Link link;
    private @Nullable CompletableFuture<Peer> greeted;
    private boolean closed;

    /**
     * A server that is not connected yet.
     *
     * @param address where it is, not looked up
     * @param access how it is reached
     * @param trust for encrypted connections, or null for plain ones
     * @param alarm is run when a connection ended that was there: the server may have lost everything
     */
    public Node(InetSocketAddress address, Access access, @Nullable Trust trust, Runnable alarm) {
        this.address = address;
        this.access = access;
        this.trust = trust;
        this.alarm = alarm;
    }

    /**
     * Where it is.
     *
     * @return host and port
     */
    public String where() {
        String host = address.getHostString();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /**
     * Sends a request, over a new connection if there is none.
     *
     * @param exchange the request
     */
    public void submit(Exchange exchange) {
        submit(List.of(exchange), Link::submit);
    }

    /**
     * Sends a request for a caller who has nothing else to do than to wait for the answer: his thread may read it, for some milliseconds.
     *
     * @param exchange the request
     */
    public void submitAndRead(Exchange exchange) {
        submit(List.of(exchange), (link, exchanges) -> link.submitAndRead(exchanges.get(0)));
    }

    /**
     * Sends requests together, over a new connection if there is none.
     *
     * @param exchanges the requests
     */
    public void submit(List<? extends Exchange> exchanges) {
        submit(exchanges, Link::submit);
    }

    private void submit(List<? extends Exchange> exchanges, BiPredicate<Link, List<? extends Exchange>> sending) {
        IOException cause = null;
        for (int i = 0; i < 2; i++) {
            Link current = current();
            if (current == null) {
                fail(exchanges, new IOException("the client is closed"));
                return;
            }
            if (sending.test(current, exchanges)) {
                return;
            }
            cause = current.endedBy();
            forget(current);
        }
        fail(exchanges, cause == null ? new IOException("the connection ended as soon as it was made") : cause);
    }

    private static void fail(List<? extends Exchange> exchanges, IOException cause) {
        exchanges.forEach(exchange -> exchange.failed(cause, false));
    }

    /**
     * Connects, if it is not connected.
     *
     * @return the server, or what is wrong with it
     */
    public CompletableFuture<Peer> greet() {
        CompletableFuture<Peer> answer = new CompletableFuture<>();
        mutex.lock();
        try {
            greeted = answer;
        } finally {
            mutex.unlock();
        }
        if (current() == null) {
            answer.completeExceptionally(new IOException("the client is closed"));
        }
        return answer;
    }

    private @Nullable Link current() {
        mutex.lock();
        try {
            if (closed) {
                return null;
            }
            if (link == null) {
                link = new Link(address, access, trust, new Watch());
                link.start();
            }
            return link;
        } finally {
            mutex.unlock();
        }
    }

    private void forget(Link ended) {
        mutex.lock();
        try {
            if (link == ended) {
                link = null;
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Ends the connection, and makes no new one. */
    public void close() {
        Link last;
        mutex.lock();
        try {
            closed = true;
            last = link;
            link = null;
        } finally {
            mutex.unlock();
        }
        if (last != null) {
            last.close();
        }
    }

    private @Nullable CompletableFuture<Peer> takeGreeted() {
        mutex.lock();
        try {
            CompletableFuture<Peer> waiting = greeted;
            greeted = null;
            return waiting;
        } finally {
            mutex.unlock();
        }
    }

    private final class Watch implements Link.Ends {
        @Override
        public void up(Peer peer) {
            CompletableFuture<Peer> waiting = takeGreeted();
            if (waiting != null) {
                waiting.complete(peer);
            }
        }

        @Override
        public void ended(Link ended, IOException cause) {
            forget(ended);
            CompletableFuture<Peer> waiting = takeGreeted();
            if (waiting != null) {
                waiting.completeExceptionally(cause);
            }
            long now = System.nanoTime();
            long last = lastAlarm.get();
            if (ended.isUp() && now - last >= BETWEEN_ALARMS && lastAlarm.compareAndSet(last, now)) {
                alarm.run();
            }
        }
    }
}
