// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.link;

import io.lettuce.core.api.StatefulRedisConnection;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The link to one node: a {@link Wire}, and after it breaks the next one, tried for until the link is closed. Requests that come right
 * after a break wait for the outcome of the first try, because most breaks are short; after that they are lost at once, and surely not
 * applied, while there is no connection. Nothing is ever sent twice.
 */
public final class NodeLink {
    private static final int MOST_HELD = 20_000;

    /** Nobody who waits for an answer would notice, as on a wire that is up, that none comes. */
    private static final long LONGEST_GREETING = 2_000_000_000L;

    /** Who hears of the link, on the driver's thread. */
    public interface Listener {
        /**
         * Requests can be sent from now on.
         *
         * @param link the link
         */
        void up(NodeLink link);

        /**
         * The connection broke. What was under way is lost, and so is what was pushed.
         *
         * @param link the link
         */
        void down(NodeLink link);

        /**
         * Something came that is no answer.
         *
         * @param link the link
         * @param kind the type of the push and, after a space, its channel
         * @param message the message
         */
        void pushed(NodeLink link, String kind, String message);
    }

    private final Driver driver;
    private final Supplier<CompletionStage<InetSocketAddress>> finder;
    private final Function<Wire, CompletionStage<Void>> greeting;
    private final Listener listener;
    private final ServerClock clock = new ServerClock();
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final Retries retries = new Retries();
    private final ReentrantLock mutex = new ReentrantLock();
    private volatile @Nullable Wire wire;
    private volatile Throwable failure = new IllegalStateException("not connected yet");
    private final ArrayDeque<Request> held = new ArrayDeque<>();
    private @Nullable Wire greeted;
    private boolean holds = true;
    private volatile @Nullable InetSocketAddress address;
    private boolean closed;

    /**
     * A link that is not started.
     *
     * @param driver makes its connections
     * @param address the node, asked for before each try to connect
     * @param greeting what is asked on each new connection before others may use it; if it fails, the connection is given up
     * @param listener who hears of it
     */
    public NodeLink(
            Driver driver,
            Supplier<CompletionStage<InetSocketAddress>> address,
            Function<Wire, CompletionStage<Void>> greeting,
            Listener listener) {
        this.driver = driver;
        this.finder = address;
        this.greeting = greeting;
        this.listener = listener;
    }

    /**
     * Starts to connect.
     *
     * @return how the first try ended; a link whose first try failed goes on trying
     */
    public CompletableFuture<Void> start() {
        connect();
        return first;
    }

    /**
     * How the first try ended.
     *
     * @return what {@link #start()} returned
     */
    public CompletableFuture<Void> started() {
        return first;
    }

    /**
     * Where the node is.
     *
     * @return its address, or null as long as that is not known
     */
    public @Nullable InetSocketAddress address() {
        return address;
    }

    /**
     * The node's clock, as far as its answers have told.
     *
     * @return the clock; the greeting of a connection sets it anew
     */
    public ServerClock clock() {
        return clock;
    }

    /**
     * Whether requests can be sent.
     *
     * @return whether there is a connection
     */
    public boolean isUp() {
        return wire != null;
    }

    /**
     * Sends a request.
     *
     * @param request answered on the driver's thread, or on this one if there is no connection
     */
    public void send(Request request) {
        Wire current = wire;
        if (current != null) {
            current.send(request);
        } else if (!hold(request)) {
            Wire next = wire;
            if (next == null) {
                request.completeExceptionally(failure);
            } else {
                next.send(request);
            }
        }
    }

    private boolean hold(Request request) {
        mutex.lock();
        try {
            return wire == null && holds && held.size() < MOST_HELD && held.add(request);
        } finally {
            mutex.unlock();
        }
    }

    /**
     * The connection of now.
     *
     * @return the wire, or null while there is none
     */
    public @Nullable Wire wire() {
        return wire;
    }

    private void connect() {
        CompletionStage<StatefulRedisConnection<byte[], byte[]>> connecting;
        try {
            connecting = finder.get().thenCompose(found -> {
                address = found;
                return driver.connect(found);
            });
        } catch (RuntimeException | Error e) {
            failed(e);
            return;
        }
        connecting.whenComplete((connection, problem) -> {
            if (problem != null) {
                failed(problem);
            } else {
                greet(connection);
            }
        });
    }

    private void greet(StatefulRedisConnection<byte[], byte[]> connection) {
        Wire next = new Wire(
                connection,
                clock,
                driver.oneThread(),
                (kind, message) -> listener.pushed(this, kind, message),
                this::broken);
        try {
            if (!admit(next)) {
                next.end(new IllegalStateException("the link was closed"));
                return;
            }
            next.listen();
            greeting.apply(next).whenComplete((done, problem) -> {
                if (problem != null) {
                    next.end(Retries.reason(problem));
                } else {
                    comesUp(next);
                }
            });
            driver.schedule(() -> endUnlessUp(next), LONGEST_GREETING);
        } catch (RuntimeException | Error e) {
            // An error that nobody hears of would leave the link without a connection for good.
            next.end(Retries.reason(e));
        }
    }

    private void endUnlessUp(Wire next) {
        if (wire != next) {
            next.end(new IllegalStateException(
                    "the first questions were not answered within " + LONGEST_GREETING / 1_000_000 + " ms"));
        }
    }

    private boolean admit(Wire next) {
        mutex.lock();
        try {
            greeted = next;
            return !closed;
        } finally {
            mutex.unlock();
        }
    }

    private void comesUp(Wire next) {
        // What was held goes out before anything that comes later.
        for (List<Request> first = takeHeld(next); !first.isEmpty(); first = takeHeld(next)) {
            first.forEach(next::send);
        }
        if (wire == next) {
            completeFirst();
            listener.up(this);
        }
    }

    /** What is to be sent before the connection is open to everybody; when nothing is left, it is. */
    private List<Request> takeHeld(Wire next) {
        mutex.lock();
        try {
            List<Request> taken = List.copyOf(held);
            held.clear();
            if (taken.isEmpty() && greeted == next && !closed && next.isOpen()) {
                holds = false;
                wire = next;
                retries.succeeded();
            }
            return taken;
        } finally {
            mutex.unlock();
        }
    }

    @SuppressWarnings("NullAway") // The one value of Void.
    private void completeFirst() {
        first.complete(null);
    }

    private void broken(Wire old) {
        boolean wasUp;
        mutex.lock();
        try {
            if (greeted != old) {
                return;
            }
            greeted = null;
            wasUp = wire == old;
            holds = wasUp && !closed;
            wire = null;
        } finally {
            mutex.unlock();
        }
        Throwable why = old.cause();
        Throwable problem = why == null ? new IllegalStateException("the connection was closed") : why;
        if (wasUp) {
            failure = problem;
            connectLater();
            listener.down(this);
        } else {
            failed(problem);
        }
    }

    private void failed(Throwable problem) {
        failure = problem;
        if (retries.isConclusive(problem)) {
            first.completeExceptionally(problem);
        }
        refuseHeld(problem);
        connectLater();
    }

    private void refuseHeld(Throwable problem) {
        List<Request> refused;
        mutex.lock();
        try {
            holds = false;
            refused = List.copyOf(held);
            held.clear();
        } finally {
            mutex.unlock();
        }
        refused.forEach(request -> request.completeExceptionally(problem));
    }

    private void connectLater() {
        driver.schedule(this::connectAgain, retries.nextPause());
    }

    private void connectAgain() {
        mutex.lock();
        try {
            if (closed) {
                return;
            }
        } finally {
            mutex.unlock();
        }
        connect();
    }

    /** Gives up the connection of now, be it up or not yet, so that a new one is made: something it was used for has gone wrong. */
    public void restart() {
        Wire current;
        mutex.lock();
        try {
            current = greeted;
        } finally {
            mutex.unlock();
        }
        if (current != null) {
            current.end(new IllegalStateException("the connection is made anew"));
        }
    }

    /**
     * Disconnects for good.
     *
     * @return completed when the connection is closed
     */
    public CompletionStage<Void> close() {
        Wire current;
        mutex.lock();
        try {
            closed = true;
            current = greeted;
        } finally {
            mutex.unlock();
        }
        IllegalStateException why = new IllegalStateException("the client is closed");
        refuseHeld(why);
        if (current == null) {
            return CompletableFuture.allOf();
        }
        current.end(why);
        return current.closed();
    }

    @Override
    public String toString() {
        InetSocketAddress found = address;
        return found == null ? "an unknown address" : found.getHostString() + ":" + found.getPort();
    }
}
