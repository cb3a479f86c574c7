// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.BackendException;
import dev.holdfast.LockInfo;
import dev.holdfast.Tier;
import dev.holdfast.memcached.link.Trust;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Locks on memcached, version 1.6.13 or later, or 1.4.20 with the commands from before. An uncontended lock costs one round trip to take and one to release; whoever
 * waits asks again and again. Programs that use {@code add} on the same key are excluded, and exclude this client.
 *
 * <p>A cache may forget: a server that is started again, flushed, or short of memory lets a second holder in, and the first one hears of it when it next
 * renews its lease. Use it where that costs work done twice, or give the token to the resource.
 *
 * <p>URI: {@code memcached://user:password@host1:11211,host2:11211}; the parameters are on the page about memcached in the documentation.
 */
public final class MemcachedBackend implements LockBackend {
    private final MemcachedOptions options;
    private final UnaryOperator<InetSocketAddress> route;
    private volatile @Nullable Client client;

    MemcachedBackend(MemcachedOptions options) {
        this(options, UnaryOperator.identity());
    }

    /** Reaches servers by other ways than their addresses: for tests. */
    MemcachedBackend(MemcachedOptions options, UnaryOperator<InetSocketAddress> route) {
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
    public static MemcachedBackend of(String uri) {
        BackendUri parsed = BackendUri.parse(uri);
        MemcachedBackend backend = new MemcachedBackend(MemcachedOptions.of(parsed));
        parsed.rejectUnknown();
        return backend;
    }

    @Override
    public String id() {
        return Faults.ID;
    }

    @Override
    public Deployment open(BackendEvents events, Duration timeout) {
        List<InetSocketAddress> servers =
                Keys.sorted(options.addresses()).stream().map(route).toList();
        Client opened = new Client(servers, options.access(), trust(), events);
        try {
            Opening.greet(opened.nodes(), timeout);
        } catch (BackendException e) {
            opened.close();
            throw e;
        }
        client = opened;
        return Deployment.of(Tier.E, Deployment.Expiry.PER_LOCK)
                .withKeySpace(Keys.space())
                .withLeases(Lifetime.SHORTEST_LEASE, Lifetime.LONGEST_LEASE);
    }

    private @Nullable Trust trust() {
        if (!options.access().tls()) {
            return null;
        }
        try {
            return Trust.of(options.access());
        } catch (IOException | GeneralSecurityException e) {
            throw Faults.fatal(null, "The files for TLS cannot be used: " + e.getMessage(), e);
        }
    }

    private Client client() {
        return Objects.requireNonNull(client, "not opened");
    }

    @Override
    public void acquire(Claim claim) {
        AcquireCall.send(client(), claim);
    }

    @Override
    public void withdraw(Claim claim) {
        LeaveCall.send(client(), claim);
    }

    @Override
    public void release(Claim claim, @Nullable Claim next) {
        LeaveCall.send(client(), claim);
    }

    @Override
    public void renew(List<Claim> claims) {
        RenewCall.send(client(), claims);
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        LeaveCall.sendAll(client(), claims, giveUpNanos);
    }

    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        return new Records(client()).inspect(key);
    }

    /** Refused: memcached has no command that lists keys and misses none. */
    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        return CompletableFuture.failedFuture(Faults.fatal(
                null,
                "memcached cannot list locks: it has no command that finds every key. Ask for one by its name"
                        + " (inspect), or keep the locks in a store that lists them",
                null));
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        return new Records(client()).forceRelease(key, now);
    }

    @Override
    public void close() {
        Client last = client;
        if (last != null) {
            last.close();
        }
    }
}
