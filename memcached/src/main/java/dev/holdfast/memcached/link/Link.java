// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.link;

import dev.holdfast.memcached.wire.Dialect;
import dev.holdfast.memcached.wire.Reply;
import dev.holdfast.memcached.wire.ReplyReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from its making to its end: it is never made again, so what was learnt on it (versions of items above all) is worth nothing on another.
 * Requests are sent by whoever has one, and the replies read by a thread of the link, or for a moment by a caller who has nothing else to do than to wait for his own.
 *
 * <p>Other callers never wait for the network: before the connection is there, and while more is unanswered than fits into the buffers of the systems between, requests
 * wait in a queue.
 */
public final class Link {
    /** What may be sent without an answer. A quarter of what the socket takes without blocking. */
    private static final int WINDOW = 64 * 1024;

    private static final int CONNECT_MILLIS = 2_000;
    private static final String CONFUSED = "what the server answered can no longer be told apart";

    /** How long a caller reads at most, before the thread does it for him: he may have a deadline, or be interrupted. */
    private static final int CALLER_MILLIS = 2;

    /** After so long without a reply that is due, the connection is given up: nobody may be at its other end any more. */
    private static final long SILENCE = 5_000_000_000L;

    private final InetSocketAddress address;
    private final Access access;
    private final @Nullable Trust trust;
    private final Ends ends;
    private final ReentrantLock mutex = new ReentrantLock();

    // Under the mutex
    private final Deque<Exchange> queued = new ArrayDeque<>();
    private final Deque<Exchange> pending = new ArrayDeque<>();
    private final List<Exchange> late = new ArrayList<>();
    private int unanswered;
    private long sent;
    private @Nullable OutputStream out;
    private @Nullable Socket socket;
    private @Nullable ReplyReader in;
    private final ReadingTurn turn = new ReadingTurn(mutex);
    private boolean over;
    private @Nullable IOException endedBy;

    private volatile @Nullable Peer peer;

    /** Who is told when the connection is there, and when it has ended. */
    interface Ends {
        /** It is there. */
        void up(Peer peer);

        /** It has ended, or could not be made. */
        void ended(Link link, IOException cause);
    }

    Link(InetSocketAddress address, Access access, @Nullable Trust trust, Ends ends) {
        this.address = address;
        this.access = access;
        this.trust = trust;
        this.ends = ends;
    }

    void start() {
        Thread thread = new Thread(this::run, "holdfast-memcached-" + address.getPort());
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * How to speak on it.
     *
     * @return the dialect of the server
     */
    public Dialect dialect() {
        return peer().dialect();
    }

    /**
     * Who is at the other end.
     *
     * @return the server
     */
    public Peer peer() {
        return Objects.requireNonNull(peer, "the link is not up");
    }

    boolean isUp() {
        return peer != null;
    }

    /**
     * Sends requests, now or when they can be sent; together, as far as they fit.
     *
     * @param exchanges the requests; not taken if the connection has ended
     * @return whether they were taken
     */
    boolean submit(List<? extends Exchange> exchanges) {
        return submit(exchanges, null);
    }

    /**
     * Sends a request for a caller who waits for the answer, and reads it for some milliseconds on his thread, if nobody else reads.
     *
     * @param exchange the request; not taken if the connection has ended
     * @return whether it was taken
     */
    boolean submitAndRead(Exchange exchange) {
        return submit(List.of(exchange), exchange);
    }

    private boolean submit(List<? extends Exchange> exchanges, @Nullable Exchange awaited) {
        Socket silent = null;
        ReplyReader mine = null;
        mutex.lock();
        try {
            if (over) {
                return false;
            }
            Exchange oldest = pending.peek();
            if (oldest != null && System.nanoTime() - oldest.sentNanos() > SILENCE) {
                over = true;
                silent = socket;
            } else {
                queued.addAll(exchanges);
                flush(WINDOW);
                // An encrypted stream may not be left in the middle of a record.
                if (awaited != null && trust == null && in != null && turn.takeAsCaller()) {
                    mine = in;
                } else {
                    turn.call();
                }
            }
        } finally {
            mutex.unlock();
        }
        if (silent != null) {
            close(silent);
            return false;
        }
        if (mine != null) {
            readFor(Objects.requireNonNull(awaited), mine);
        }
        return true;
    }

    /** Reads until the request is answered, but not for long. What is wrong with the connection is the thread's business. */
    private void readFor(Exchange awaited, ReplyReader input) {
        long end = System.nanoTime() + CALLER_MILLIS * 1_000_000L;
        IOException failure = null;
        try {
            Objects.requireNonNull(socket).setSoTimeout(CALLER_MILLIS);
            while (!awaited.isComplete() && System.nanoTime() - end < 0) {
                Reply reply = input.poll();
                if (reply == null) {
                    input.fill();
                } else if (!take(reply)) {
                    throw new IOException(CONFUSED);
                }
            }
        } catch (SocketTimeoutException e) {
            // The thread goes on with it.
            failure = null;
        } catch (IOException e) {
            failure = e;
        } finally {
            mutex.lock();
            try {
                if (failure != null) {
                    turn.fail(failure);
                }
                turn.end();
            } finally {
                mutex.unlock();
            }
        }
    }

    /**
     * Sends what comes after a reply. Fails the exchange if the connection has ended.
     *
     * @param exchange the request
     */
    public void next(Exchange exchange) {
        if (!submit(List.of(exchange))) {
            exchange.failed(new IOException("the connection has ended"), false);
        }
    }

    /** What ended the connection, or null as long as nobody knows. */
    @Nullable
    IOException endedBy() {
        mutex.lock();
        try {
            return endedBy;
        } finally {
            mutex.unlock();
        }
    }

    /** Ends the connection. */
    void close() {
        Socket open;
        mutex.lock();
        try {
            over = true;
            open = socket;
            turn.call();
        } finally {
            mutex.unlock();
        }
        if (open != null) {
            close(open);
        }
    }

    /** The plain socket: an encrypted one may block to say goodbye. */
    private static void close(Socket open) {
        try {
            open.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    /** Sends what is queued, if there is room for enough of it to be worth a packet. */
    private void flush(int room) {
        if (out == null || over || queued.isEmpty() || unanswered >= room) {
            return;
        }
        ByteArrayOutputStream requests = new ByteArrayOutputStream();
        while (unanswered < WINDOW && !queued.isEmpty()) {
            Exchange exchange = queued.remove();
            if (System.nanoTime() - exchange.giveUpNanos() > 0) {
                // Who asked has given up: what is not sent can leave nothing behind. It is failed by the thread.
                late.add(exchange);
                continue;
            }
            requests.writeBytes(exchange.prepare(this, ++sent));
            pending.add(exchange);
            unanswered += exchange.size();
        }
        try {
            requests.writeTo(out);
            out.flush();
        } catch (IOException e) {
            // The thread that reads finds out, too, and fails all that is pending.
            over = true;
            close(Objects.requireNonNull(socket));
        }
    }

    // The thread of the link

    private void run() {
        IOException cause;
        try (Socket plain = new Socket()) {
            cause = serve(plain);
        } catch (IOException e) {
            cause = e;
        }
        List<Exchange> asked;
        List<Exchange> unsent;
        mutex.lock();
        try {
            over = true;
            endedBy = cause;
            asked = List.copyOf(pending);
            late.addAll(queued);
            unsent = List.copyOf(late);
            late.clear();
            pending.clear();
            queued.clear();
        } finally {
            mutex.unlock();
        }
        for (Exchange exchange : asked) {
            exchange.failed(cause, true);
        }
        for (Exchange exchange : unsent) {
            exchange.failed(cause, false);
        }
        ends.ended(this, cause);
    }

    private IOException serve(Socket plain) throws IOException {
        mutex.lock();
        try {
            if (over) {
                return new IOException("the client was closed");
            }
            socket = plain;
        } finally {
            mutex.unlock();
        }
        plain.setTcpNoDelay(true);
        plain.setKeepAlive(true);
        plain.setSendBufferSize(4 * WINDOW);
        plain.connect(new InetSocketAddress(address.getHostString(), address.getPort()), CONNECT_MILLIS);
        plain.setSoTimeout(CONNECT_MILLIS);
        Socket used = trust == null ? plain : trust.encrypt(plain, address.getHostString(), address.getPort());
        ReplyReader input = new ReplyReader(used.getInputStream());
        Peer found = new Greeting(access, input, used.getOutputStream()).ask();
        ends.up(found);
        mutex.lock();
        try {
            peer = found;
            out = used.getOutputStream();
            in = input;
            flush(WINDOW);
        } finally {
            mutex.unlock();
        }
        do {
            failLate();
        } while (read(plain, input));
        return new IOException(CONFUSED);
    }

    /** Reads what there is, when it is this thread's turn; whether the connection can still be used. */
    private boolean read(Socket plain, ReplyReader input) throws IOException {
        mutex.lock();
        try {
            turn.takeAsThread(() -> over || !pending.isEmpty() || !late.isEmpty());
            if (!late.isEmpty()) {
                turn.end();
                return true;
            }
        } finally {
            mutex.unlock();
        }
        plain.setSoTimeout(0);
        boolean usable = true;
        for (Reply reply = input.next(); usable && reply != null; reply = input.poll()) {
            usable = take(reply);
        }
        mutex.lock();
        try {
            turn.end();
        } finally {
            mutex.unlock();
        }
        return usable;
    }

    /** Takes a reply; whether the connection can still be used. */
    private boolean take(Reply reply) throws IOException {
        Exchange exchange;
        boolean complete;
        mutex.lock();
        try {
            exchange = pending.peek();
            if (exchange == null) {
                throw new IOException("the server said, without being asked: " + reply);
            }
            complete = exchange.add(reply);
            if (complete) {
                pending.remove();
                unanswered -= exchange.size();
                flush(WINDOW / 2);
            }
        } finally {
            mutex.unlock();
        }
        return !complete || exchange.complete(this);
    }

    private void failLate() {
        List<Exchange> failing;
        mutex.lock();
        try {
            failing = List.copyOf(late);
            late.clear();
        } finally {
            mutex.unlock();
        }
        for (Exchange exchange : failing) {
            exchange.failed(new SocketTimeoutException("it was too late to send it"), false);
        }
    }
}
