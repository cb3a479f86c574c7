// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.link;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a node, from its handshake until it breaks. Requests are sent and answered in order; pushes come between the answers.
 *
 * <p>In order also if threads take turns: the driver writes at once what its own thread sends, although what others sent before may still wait
 * for that thread. So what would overtake takes a detour, and so does what comes after it, until all of that is on its way.
 *
 * <p>A connection that says nothing although it was asked is given up. That is looked at when something is sent, so it costs no timer:
 * whoever waits for an answer asks again after a while.
 */
public final class Wire {
    /** Longer than any answer should take, and short enough that several tries fit into a lease. */
    private static final long LONGEST_SILENCE = 2_000_000_000L;

    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final ServerClock clock;
    private final BiConsumer<String, String> pushes;
    private final Consumer<Wire> broken;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger underWay = new AtomicInteger();

    /** How many requests are sent and not written yet. */
    private final AtomicInteger unwritten = new AtomicInteger();

    /** How many requests are on the detour. */
    private final AtomicInteger detoured = new AtomicInteger();

    private final Executor detour;
    private volatile @Nullable Thread writer;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AtomicLong quietSince = new AtomicLong(System.nanoTime());
    private volatile @Nullable Throwable cause;

    /**
     * A connection that nobody listens to yet.
     *
     * @param clock the clock of the server
     * @param detour one thread that is not the one which writes
     * @param pushes told of the kind and channel of each push, and of its message
     * @param broken told once when the connection is given up
     */
    Wire(
            StatefulRedisConnection<byte[], byte[]> connection,
            ServerClock clock,
            Executor detour,
            BiConsumer<String, String> pushes,
            Consumer<Wire> broken) {
        this.connection = connection;
        this.clock = clock;
        this.detour = detour;
        this.pushes = pushes;
        this.broken = broken;
    }

    /**
     * The clock of the server at its other end.
     *
     * @return the clock, which is the link's
     */
    public ServerClock clock() {
        return clock;
    }

    /** From now on pushes come, and a break is told. */
    void listen() {
        connection.addListener(this::pushed);
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> which) {
                disconnected();
            }
        });
        if (!connection.isOpen()) {
            disconnected();
        }
    }

    /**
     * Sends a request.
     *
     * @param request answered on the driver's thread, or on this one if the connection is known to be broken
     */
    public void send(Request request) {
        long now = System.nanoTime();
        if (begin() > 0) {
            long silence = now - quietSince.get();
            if (silence > LONGEST_SILENCE) {
                end(new IllegalStateException("no answer for " + silence / 1_000_000 + " ms"));
            }
        }
        int before = unwritten.getAndIncrement();
        request.sends(this, now);
        Throwable why = cause;
        try {
            if (why != null) {
                request.completeExceptionally(why);
            } else if (detoured.get() > 0 || (before > 0 && Thread.currentThread() == writer)) {
                detoured.incrementAndGet();
                detour.execute(() -> dispatchLate(request));
            } else {
                connection.dispatch(request);
            }
        } catch (RuntimeException e) {
            request.completeExceptionally(e);
        }
    }

    private void dispatchLate(Request request) {
        try {
            connection.dispatch(request);
        } catch (RuntimeException e) {
            request.completeExceptionally(e);
        } finally {
            detoured.decrementAndGet();
        }
    }

    /** A request is being written, which only one thread does. */
    void writes() {
        if (writer == null) {
            writer = Thread.currentThread();
        }
    }

    /** A request is written, or never will be. */
    void left() {
        unwritten.decrementAndGet();
    }

    /**
     * Counts a request that is about to be sent. The silence of an idle connection ends before the request is counted, so that whoever sees it
     * counted sees that too; and if others came and went meanwhile, it ends anew.
     *
     * @return how many were under way before it
     */
    private int begin() {
        int before;
        do {
            before = underWay.get();
            if (before == 0) {
                heard();
            }
        } while (!underWay.compareAndSet(before, before + 1));
        return before;
    }

    /** Ends the silence. Whoever was overtaken does not set it back. */
    private void heard() {
        long now = System.nanoTime();
        long last = quietSince.get();
        while (now - last > 0 && !quietSince.compareAndSet(last, now)) {
            last = quietSince.get();
        }
    }

    /** A request was answered, or never will be. */
    void ended() {
        heard();
        underWay.decrementAndGet();
    }

    /** A request will not be answered: nor will any other, unless it was only refused because too many are under way. */
    void lost(Throwable problem, boolean written) {
        if (written || problem instanceof IOException || !connection.isOpen()) {
            end(problem);
        }
    }

    /**
     * Listens to a channel.
     *
     * @param command {@code SUBSCRIBE} or {@code SSUBSCRIBE}
     * @param channel the channel
     * @return completed when the server has confirmed it; if it refuses, the connection is given up too
     */
    public CompletableFuture<Void> subscribe(String command, String channel) {
        Subscription request = new Subscription(command, channel);
        // Before it is sent: the wire has ended before the answer that is one too many is looked at.
        CompletableFuture<Void> confirmed = request.future().whenComplete((done, failure) -> {
            if (failure != null) {
                end(failure);
            }
        });
        send(request);
        return confirmed;
    }

    /** On the driver's thread, which goes on with what it has read after the connection was given up. */
    private void pushed(PushMessage message) {
        if (cause != null) {
            return;
        }
        heard();
        List<Object> content = message.getContent();
        if (content.size() >= 2 && content.get(1) instanceof ByteBuffer channel) {
            Object payload = content.size() > 2 ? content.get(2) : null;
            pushes.accept(
                    message.getType() + " " + text(channel), payload instanceof ByteBuffer bytes ? text(bytes) : "");
        }
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    /**
     * Whether requests can be sent.
     *
     * @return false once it is broken
     */
    public boolean isOpen() {
        return cause == null && connection.isOpen();
    }

    /**
     * Why it is broken.
     *
     * @return the reason, or null while it is not known to be
     */
    @Nullable
    Throwable cause() {
        return cause;
    }

    /**
     * Gives the connection up: what is under way is lost.
     *
     * @param why what to say to those who wait
     */
    void end(Throwable why) {
        if (cause == null) {
            cause = why;
        }
        brokenOnce();
    }

    private void disconnected() {
        end(new IllegalStateException("the connection was closed"));
    }

    /** Completed once the connection is given up and closed. */
    CompletableFuture<Void> closed() {
        return closed;
    }

    @SuppressWarnings("NullAway") // The one value of Void.
    private void brokenOnce() {
        if (over.compareAndSet(false, true)) {
            if (connection.isOpen()) {
                var unused = connection.closeAsync().whenComplete((done, failure) -> closed.complete(null));
            } else {
                closed.complete(null);
            }
            broken.accept(this);
        }
    }
}
