// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.LockInfo;
import dev.holdfast.etcd.link.Cluster;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import io.grpc.ClientInterceptor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Locks on etcd, version 3.4 or later. An uncontended lock costs one transaction to take and one to release. Waiting clients stand in a line
 * in etcd, and each watches those before it. {@code etcdctl lock}, Go's {@code concurrency.Mutex} and jetcd's {@code Lock} are excluded, and
 * exclude this client.
 *
 * <p>URI: {@code etcd://user:password@host1:2379,host2:2379,host3:2379}; the parameters are on the page about etcd in the documentation.
 */
public final class EtcdBackend implements LockBackend {
    private final EtcdOptions options;
    private final UnaryOperator<InetSocketAddress> route;
    private final List<ClientInterceptor> interceptors;
    private volatile @Nullable Opened opened;

    private record Opened(Client client, Records records, Listing listing) {}

    EtcdBackend(EtcdOptions options) {
        this(options, UnaryOperator.identity(), List.of());
    }

    /** Reaches members by other ways than their addresses, and lets calls pass through something: for tests. */
    EtcdBackend(EtcdOptions options, UnaryOperator<InetSocketAddress> route, List<ClientInterceptor> interceptors) {
        this.options = options;
        this.route = route;
        this.interceptors = interceptors;
    }

    /**
     * A backend that is not opened yet. Does no I/O.
     *
     * @param uri the URI, with no other parameters than those of this backend
     * @return the backend
     * @throws IllegalArgumentException if the URI is wrong
     */
    public static EtcdBackend of(String uri) {
        BackendUri parsed = BackendUri.parse(uri);
        EtcdBackend backend = new EtcdBackend(EtcdOptions.of(parsed));
        parsed.rejectUnknown();
        return backend;
    }

    @Override
    public String id() {
        return Faults.ID;
    }

    @Override
    public Deployment open(BackendEvents events, Duration timeout) {
        Faults faults = new Faults(options.access().user(), options.access().tls());
        Cluster cluster;
        try {
            cluster = new Cluster(options.addresses(), options.access(), route, interceptors);
        } catch (IllegalArgumentException e) {
            throw Faults.unusableFiles(e);
        }
        Client client = new Client(cluster, events, faults);
        opened = new Opened(client, new Records(client), new Listing(client));
        return new Greeting(client, timeout).ask();
    }

    /** Has the lease for a lease time granted, before a lock is asked for. */
    void prepare(Duration leaseTime) {
        opened().client
                .session(leaseTime.toNanos(), System.nanoTime() + leaseTime.toNanos())
                .join();
    }

    private Opened opened() {
        return Objects.requireNonNull(opened, "not opened");
    }

    @Override
    public void acquire(Claim claim) {
        AcquireCall.send(opened().client, claim);
    }

    @Override
    public void withdraw(Claim claim) {
        LeaveCall.leave(opened().client, claim);
    }

    @Override
    public void release(Claim claim, @Nullable Claim next) {
        if (next == null) {
            LeaveCall.leave(opened().client, claim);
        } else {
            LeaveCall.leave(opened().client, claim, next);
        }
    }

    @Override
    public void renew(List<Claim> claims) {
        RenewCall.send(opened().client, claims);
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        Closing.releaseAll(opened().client, claims, giveUpNanos);
    }

    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        return opened().records.inspect(key);
    }

    /**
     * {@inheritDoc}
     *
     * <p>The keys are read in pages; a lock that is taken or released meanwhile may be missing. Locks of other programs are listed too, if their
     * keys are like those of {@code etcdctl lock}.
     */
    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        return opened().listing.list(prefix, cursor);
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        return opened().records.forceRelease(key, now);
    }

    @Override
    public void close() {
        Opened last = opened;
        if (last != null) {
            last.client.cluster().close();
        }
    }
}
