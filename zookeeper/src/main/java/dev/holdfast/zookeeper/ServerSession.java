// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.Session;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * One session at ZooKeeper: what is in it ends with it. Its {@link Validity} is moved by heartbeats, and locks in it are invalid while it is in
 * doubt. It ends here when the server or ZooKeeper's client says so, or when nothing has been heard for two of its timeouts.
 */
final class ServerSession implements Session, Watcher {
    private static final long LONGEST_TICK = 2_000_000_000L;

    /** How many heartbeats fit into what is left of the session's time when they begin to fail. */
    private static final int BEATS = 10;

    /** Nobody may send more heartbeats than this in a session's timeout. */
    private static final int MOST_BEATS = 50;

    /** So many requests of the window fit into the timeout, one after the other: heartbeats are answered behind them. */
    private static final int ANSWERS = 20;

    private final Client client;
    private final Hosts hosts;
    private final Validity validity;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final Set<Attempt> attempts = ConcurrentHashMap.newKeySet();
    private final Window window;
    private final Watches watches;

    private final Object mutex = new Object();
    private final Set<Runnable> whenConnected = new LinkedHashSet<>();
    private final Set<Runnable> whenLasting = new LinkedHashSet<>();
    private boolean connected;

    private volatile @Nullable ZooKeeper server;
    private volatile long timeoutNanos = Long.MAX_VALUE;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile long overSince;
    private volatile boolean over;
    private volatile @Nullable BackendException refused;

    ServerSession(Client client) {
        this.client = client;
        watches = new Watches(client);
        hosts = client.options().hosts();
        validity = new Validity(System.nanoTime());
        window = new Window(this::isOver, () -> timeoutNanos / ANSWERS, System::nanoTime);
    }

    /** Begins to connect; returns at once. */
    void begin() {
        server = client.options().open(hosts, this, client.tls().config());
        ready.countDown();
    }

    ZooKeeper server() {
        return Objects.requireNonNull(server, "not begun");
    }

    long id() {
        return server().getSessionId();
    }

    /** Done when the session is there for the first time; fails if it cannot be. */
    CompletableFuture<Void> begun() {
        return begun;
    }

    /** How many connections there have been: what was watched over an earlier one may be told of in another order. */
    int connections() {
        return connections.get();
    }

    /** Whether the client is connected now, as far as it knows. */
    boolean isConnected() {
        synchronized (mutex) {
            return connected;
        }
    }

    boolean isOver() {
        return over;
    }

    /** Why no session can be had, or null. */
    @Nullable
    BackendException refused() {
        return refused;
    }

    /** Whether it is valid for a while, so that something can be granted in it. */
    boolean isLasting() {
        return !over && validity.isLasting(System.nanoTime());
    }

    @Override
    public long validUntilNanos() {
        return over ? overSince : validity.untilNanos();
    }

    @Override
    public LeaseLoss loss() {
        return over ? LeaseLoss.SESSION_CLOSED : LeaseLoss.BACKEND_UNREACHABLE;
    }

    @Override
    public long timeoutNanos() {
        return timeoutNanos;
    }

    /** What was negotiated fits the heartbeats. */
    long tickNanos() {
        java.time.Duration tick = client.options().tick();
        return tick == null ? Math.min(LONGEST_TICK, timeoutNanos / 2) : tick.toNanos();
    }

    /** The time between two heartbeats. */
    long beatNanos() {
        long tick = tickNanos();
        return Math.max(timeoutNanos / MOST_BEATS, Math.min(tick, (timeoutNanos - tick) / BEATS));
    }

    // Who is in the session

    /** False if the session is over: what would be made in it is gone already. */
    boolean enter(Attempt attempt) {
        attempts.add(attempt);
        if (over) {
            attempts.remove(attempt);
            return false;
        }
        return true;
    }

    void leave(Attempt attempt) {
        attempts.remove(attempt);
    }

    boolean knows(String node) {
        return attempts.stream().anyMatch(attempt -> attempt.owns(node));
    }

    /** What bounds the requests that are under way. */
    Window window() {
        return window;
    }

    /** Who is told of what happens to nodes. */
    Watches watches() {
        return watches;
    }

    /** Runs a task at the next connection. For those who have just heard that a request got lost: then there is none. */
    void onConnection(Runnable task) {
        synchronized (mutex) {
            if (!over) {
                whenConnected.add(task);
            }
        }
    }

    /** Runs a task as soon as the session is certainly alive for a while. */
    void onLasting(Runnable task) {
        synchronized (mutex) {
            whenLasting.add(task);
        }
        runIfLasting();
    }

    /** Does not run it any more, if it has not begun. */
    void forget(Runnable task) {
        synchronized (mutex) {
            whenLasting.remove(task);
        }
    }

    private void runIfLasting() {
        if (isLasting()) {
            drain(whenLasting).forEach(Runnable::run);
        }
    }

    private List<Runnable> drain(Set<Runnable> tasks) {
        synchronized (mutex) {
            List<Runnable> all = new ArrayList<>(tasks);
            tasks.clear();
            return all;
        }
    }

    // What the connection does

    @Override
    public void process(WatchedEvent event) {
        if (event.getType() != Event.EventType.None) {
            return;
        }
        try {
            // The handle may tell of its first connection before it is known here.
            ready.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        switch (event.getState()) {
            case SyncConnected, ConnectedReadOnly, SaslAuthenticated -> client.run(this::connected);
            case Disconnected -> {
                synchronized (mutex) {
                    connected = false;
                }
            }
            case AuthFailed -> {
                refused = Faults.authFailed(client.options(), null);
                end();
            }
            case Expired, Closed -> end();
            default -> {}
        }
    }

    private void connected() {
        long granted = server().getSessionTimeout() * 1_000_000L;
        if (granted < timeoutNanos && timeoutNanos != Long.MAX_VALUE) {
            // It moved to a server with another limit, and ends sooner than was believed.
            end();
            client.later(0, () -> close(System.nanoTime()));
            return;
        }
        // What another server grants beyond that, the next leader may not know of.
        timeoutNanos = Math.min(timeoutNanos, granted);
        if (tickNanos() > timeoutNanos / 2) {
            refused = Faults.shortSession(client.options(), timeoutNanos, tickNanos());
            end();
            return;
        }
        // At the time of a later connection, perhaps, which is as true.
        validity.connected(hosts.connectingSinceNanos(), System.nanoTime(), timeoutNanos, tickNanos());
        connections.incrementAndGet();
        synchronized (mutex) {
            connected = true;
        }
        // Before anything that may be granted when it was answered.
        beat();
        begun.complete(null);
        drain(whenConnected).forEach(Runnable::run);
        runIfLasting();
    }

    /** Sends a heartbeat, if there is a connection: without one it would only be sent later. */
    void beat() {
        if (over || !isConnected()) {
            return;
        }
        long sentNanos = System.nanoTime();
        int connection = validity.connection();
        Requests.agree(server(), code -> {
            // Nothing else was surely agreed on: a server that has too much to do refuses by itself.
            boolean agreed = code == Code.OK || code == Code.NOAUTH;
            if (agreed && validity.answered(connection, sentNanos, System.nanoTime())) {
                client.run(this::runIfLasting);
            }
        });
    }

    /**
     * Ends a session that has been in doubt for its whole timeout without a connection. ZooKeeper's client goes on connecting, and if only
     * the answers get lost, each time that it does so keeps the session, and its locks, from everybody for another timeout.
     *
     * @return whether it was ended
     */
    boolean endIfUnheard() {
        if (over || isConnected() || connections() == 0 || System.nanoTime() - validity.untilNanos() < timeoutNanos) {
            return false;
        }
        end();
        return over;
    }

    /** The session is over at the server, or will not be used any more: everything in it is gone, or goes with it. */
    private void end() {
        synchronized (mutex) {
            if (over) {
                return;
            }
            overSince = System.nanoTime();
            over = true;
        }
        BackendException why = refused;
        if (why != null) {
            begun.completeExceptionally(why);
        }
        drain(whenConnected);
        client.run(() -> client.events().sessionLost(this, LeaseLoss.SESSION_CLOSED));
        client.ended(this);
        for (Attempt attempt : attempts) {
            client.run(attempt::sessionOver);
        }
        attempts.clear();
        drain(whenLasting);
    }

    /** Ends the session at the server, and waits for that for some time. */
    void close(long giveUpNanos) {
        Thread closing = new Thread(
                () -> {
                    try {
                        server().close((int) Math.max(1, (giveUpNanos - System.nanoTime()) / 1_000_000));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "holdfast-zookeeper-close");
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(Math.max(1, (giveUpNanos - System.nanoTime()) / 1_000_000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
