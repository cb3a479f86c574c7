// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.Tier;
import dev.holdfast.redis.link.Driver;
import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.Wire;
import dev.holdfast.spi.Deployment;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One Redis that stands alone. */
final class OneNode implements Nodes, NodeLink.Listener {
    private static final System.Logger LOG = System.getLogger("dev.holdfast.redis");
    private static final int OLDEST = 6;
    static final String CHANNEL = KeyLayout.RESERVED + "c:";

    private final Client client;
    private final Driver driver;
    private final NodeLink link;
    private final boolean movable;
    private final Runnable whenUp;
    private final AtomicBoolean warned = new AtomicBoolean();
    private final AtomicBoolean wasUp = new AtomicBoolean();
    private volatile @Nullable Greeting greeting;

    OneNode(Client client, Driver driver, InetSocketAddress address) {
        this(client, driver, () -> CompletableFuture.completedFuture(address), false, () -> {});
    }

    /**
     * A node whose address may change.
     *
     * @param address asked for before each try to connect
     * @param movable whether another node may take over, perhaps without what this one granted
     * @param whenUp run each time a connection has come up
     */
    OneNode(
            Client client,
            Driver driver,
            Supplier<CompletionStage<InetSocketAddress>> address,
            boolean movable,
            Runnable whenUp) {
        this.client = client;
        this.driver = driver;
        this.movable = movable;
        this.whenUp = whenUp;
        link = new NodeLink(driver, address, this::greet, this);
    }

    @Override
    public Deployment open(Duration timeout) {
        await(link.start(), link, client.options(), timeout);
        Greeting found = greeting;
        boolean durable = client.options().assumesDurable() || (!movable && found != null && found.isDurable());
        return Deployment.of(durable ? Tier.L : Tier.E, Deployment.Expiry.PER_LOCK)
                .withLine(true)
                .withDemand(true);
    }

    /** Waits for what has to be answered at the start of a client. */
    static <T> T await(CompletableFuture<T> start, Object where, RedisOptions options, Duration timeout) {
        boolean tls = options.access().tls();
        try {
            return start.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw Faults.unusable(where, tls, e);
        } catch (TimeoutException e) {
            throw Faults.tooSlow(where, timeout.toNanos(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Faults.unusable(where, tls, e);
        }
    }

    private CompletionStage<Void> greet(Wire wire) {
        return Greeting.on(wire).thenCompose(found -> {
            check(found);
            greeting = found;
            return wire.subscribe(found.subscribeCommand(), CHANNEL + client.name());
        });
    }

    private void check(Greeting found) {
        if (found.version() < OLDEST) {
            throw Faults.fatal(null, "Redis at " + link + " is of version " + found.versionText() + "; locks need 6.0");
        }
        if (found.isSentinel()) {
            throw Faults.fatal(
                    null,
                    "At " + link + " is a sentinel and no Redis: use redis-sentinel://" + link + "/name-of-the-master");
        }
        if (found.isCluster()) {
            throw Faults.fatal(null, "Redis at " + link + " is part of a cluster: use redis-cluster://" + link);
        }
        if (found.isReplica()) {
            throw Faults.refused(link, null, "serve this client", "READONLY it is a replica");
        }
        warnOfEviction(found, link, warned);
    }

    static void warnOfEviction(Greeting found, Object where, AtomicBoolean warned) {
        String policy = found.evictionPolicy();
        if (policy != null && warned.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    "Redis at " + where + " may evict locks when its memory is full: maxmemory-policy is " + policy
                            + ". Two clients may then hold the same lock; use noeviction");
        }
    }

    @Override
    public void up(NodeLink which) {
        if (!wasUp.compareAndSet(false, true)) {
            client.verify();
        }
        whenUp.run();
    }

    @Override
    public void down(NodeLink which) {
        LOG.log(Level.DEBUG, () -> "The connection to Redis at " + which + " broke");
    }

    @Override
    public void pushed(NodeLink from, String kind, String message) {
        if (kind.startsWith("message ") || kind.startsWith("smessage ")) {
            client.pushed(from, message);
        } else if (kind.startsWith("sunsubscribe ") || kind.startsWith("unsubscribe ")) {
            from.restart();
        }
    }

    @Override
    public NodeLink linkOf(int slot) {
        return link;
    }

    @Override
    public List<NodeLink> all() {
        return List.of(link);
    }

    @Override
    public String publishCommand() {
        Greeting found = greeting;
        return found == null ? "PUBLISH" : found.publishCommand();
    }

    @Override
    public String channelPrefix(int slot) {
        return CHANNEL;
    }

    /** The one channel of this client was subscribed to when the link came up. */
    @Override
    public boolean listens(NodeLink which, int slot) {
        return true;
    }

    @Override
    public @Nullable Route reroute(NodeLink which, String error) {
        if (movable && Faults.code(error).equals("READONLY")) {
            // It was the master, and is a replica now.
            which.restart();
        }
        return null;
    }

    /** The master may be another one now. */
    void restart() {
        link.restart();
    }

    /** Where the master was found last. */
    @Nullable
    InetSocketAddress address() {
        return link.address();
    }

    @Override
    public void close() {
        link.close().whenComplete((done, failure) -> driver.close());
    }
}
