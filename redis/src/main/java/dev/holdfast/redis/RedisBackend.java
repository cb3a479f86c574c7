// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.LockInfo;
import dev.holdfast.redis.link.Access;
import dev.holdfast.redis.link.Driver;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Locks on Redis. An uncontended lock costs one command to take and one to release. Waiting clients stand in a line in Redis; a release
 * passes the lock on to the first of them in the same command, and Redis pushes it to him. Programs in any language that lock with {@code
 * SET key value NX PX} are excluded, and exclude this client.
 *
 * <p>URIs: {@code redis://user:password@host:6379/0}, {@code rediss:} with TLS, {@code redis-sentinel://s1,s2,s3/mymaster} and {@code
 * redis-cluster://n1,n2,n3}; the parameters are on the page about Redis in the documentation. The backend has connections of its own.
 */
public final class RedisBackend implements LockBackend {
    private final RedisOptions options;
    private final UnaryOperator<InetSocketAddress> route;
    private volatile @Nullable Opened opened;

    private record Opened(Client client, Nodes nodes, Records records) {}

    RedisBackend(RedisOptions options) {
        this(options, UnaryOperator.identity());
    }

    /** Reaches nodes by other ways than their addresses: tests put proxies before them. */
    RedisBackend(RedisOptions options, UnaryOperator<InetSocketAddress> route) {
        this.options = options;
        this.route = route;
    }

    /**
     * A backend that is not opened yet. Does no I/O.
     *
     * @param uri the URI, with no other parameters than those of this backend
     * @return the backend
     * @throws IllegalArgumentException if the URI is wrong
     */
    public static RedisBackend of(String uri) {
        BackendUri parsed = BackendUri.parse(uri);
        RedisBackend backend = new RedisBackend(RedisOptions.of(parsed));
        parsed.rejectUnknown();
        return backend;
    }

    @Override
    public String id() {
        return "redis";
    }

    @Override
    public Deployment open(BackendEvents events, Duration timeout) {
        Client client = new Client(options, events);
        Nodes nodes = nodes(client, driver(options.access()));
        opened = new Opened(client, nodes, new Records(client, nodes));
        return nodes.open(timeout);
    }

    private Driver driver(Access access) {
        try {
            return new Driver(access, route);
        } catch (IllegalArgumentException e) {
            throw Faults.unusableFiles(e);
        }
    }

    private Nodes nodes(Client client, Driver driver) {
        return switch (options.kind()) {
            case SENTINEL -> new SentinelNodes(client, driver, driver(options.sentinels()));
            case CLUSTER -> new ClusterNodes(client, driver);
            default -> new OneNode(client, driver, options.addresses().get(0));
        };
    }

    /** How many claims are remembered because pushes may be about them. */
    int expected() {
        return opened().client.expected();
    }

    private Opened opened() {
        return Objects.requireNonNull(opened, "not opened");
    }

    @Override
    public void acquire(Claim claim) {
        Opened now = opened();
        AcquireCall.send(now.client, now.nodes, claim);
    }

    @Override
    public void withdraw(Claim claim) {
        withdraw(claim, () -> {});
    }

    private void withdraw(Claim claim, Runnable afterwards) {
        Opened now = opened();
        Seat seat = Seat.ofKnown(claim);
        if (seat == null) {
            claim.freed(false);
            afterwards.run();
        } else {
            ReleaseCall.withdraw(now.client, now.nodes, claim, seat, afterwards);
        }
    }

    @Override
    public void release(Claim claim, @Nullable Claim next) {
        Opened now = opened();
        ReleaseCall.release(now.client, now.nodes, claim, Seat.of(claim), next);
    }

    @Override
    public void renew(List<Claim> claims) {
        Opened now = opened();
        RenewCall.send(now.client, now.nodes, claims, options.kind() == RedisOptions.Kind.CLUSTER);
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        BulkRelease.of(claims, giveUpNanos, this::withdraw);
    }

    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        return opened().records.inspect(key);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Only locks of this library can be told from other strings in Redis. The keys are scanned in pages, so a listing never blocks the
     * server; a lock that is taken or released meanwhile may be missing, and one may come twice.
     */
    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        return opened().records.list(prefix, cursor);
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        return opened().records.forceRelease(key, now);
    }

    @Override
    public void close() {
        Opened last = opened;
        if (last != null) {
            last.nodes.close();
        }
    }
}
