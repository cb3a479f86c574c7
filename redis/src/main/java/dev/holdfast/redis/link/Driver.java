// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.link;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.StaticCredentialsProvider;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Transports;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Lettuce, set up for locks: a connection is used once and never replays anything, a command that cannot be sent fails at once, and
 * nothing is queued without bounds. A client has one, with the driver's threads, for all nodes.
 */
public final class Driver implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final int LONGEST_QUEUE = 200_000;

    /** Not the driver's own, which is shared by all clients of the JVM and keeps a socket for each that ever was. */
    private final AddressResolverGroup<InetSocketAddress> names =
            new DnsAddressResolverGroup(new DnsNameResolverBuilder()
                    .datagramChannelType(Transports.datagramChannelClass())
                    .socketChannelType(Transports.socketChannelClass().asSubclass(SocketChannel.class)));

    private final ClientResources resources;
    private final RedisClient client;
    private final Access access;
    private final UnaryOperator<InetSocketAddress> route;
    private volatile boolean closed;

    /**
     * Starts a driver. No I/O.
     *
     * @param access how every node is reached
     * @param route from the address by which a node is known to the one at which it is reached
     */
    public Driver(Access access, UnaryOperator<InetSocketAddress> route) {
        this.access = access;
        this.route = route;
        resources = ClientResources.builder()
                .addressResolverGroup(names)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .build();
        client = RedisClient.create(resources);
        client.setOptions(options(access));
    }

    private static ClientOptions options(Access access) {
        SocketOptions.KeepAliveOptions keepAlive = SocketOptions.KeepAliveOptions.builder()
                .enable()
                .idle(Duration.ofSeconds(10))
                .interval(Duration.ofSeconds(5))
                .count(3)
                .build();
        ClientOptions.Builder options = ClientOptions.builder()
                .protocolVersion(ProtocolVersion.RESP3)
                // A broken connection is replaced by a new one, see NodeLink.
                .autoReconnect(false)
                .replayFilter(command -> true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(LONGEST_QUEUE)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                // The engine bounds every call, and the wire what it leaves unanswered: no timer per command.
                .timeoutOptions(TimeoutOptions.create())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT)
                        .keepAlive(keepAlive)
                        .tcpNoDelay(true)
                        .build());
        if (access.tls()) {
            options.sslOptions(ssl(access));
        }
        return options.build();
    }

    private static SslOptions ssl(Access access) {
        SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider().handshakeTimeout(CONNECT);
        if (access.ca() != null) {
            ssl.trustManager(access.ca().toFile());
        }
        if (access.cert() != null && access.key() != null) {
            ssl.keyManager(access.cert().toFile(), access.key().toFile(), null);
        }
        return ssl.build();
    }

    /**
     * Connects once.
     *
     * @param address the node
     * @return a connection that speaks RESP3, logged in, on the right database
     */
    CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connect(InetSocketAddress address) {
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("the client is closed"));
        }
        return client.connectAsync(ByteArrayCodec.INSTANCE, uri(route.apply(address)))
                .toCompletableFuture();
    }

    /** The node as the driver's library knows it. */
    RedisURI uri(InetSocketAddress address) {
        RedisURI.Builder uri = RedisURI.builder()
                .withHost(address.getHostString())
                .withPort(address.getPort())
                .withDatabase(access.database())
                .withTimeout(CONNECT)
                .withClientName("holdfast")
                .withSsl(access.tls())
                .withVerifyPeer(SslVerifyMode.FULL);
        String password = access.password();
        if (password != null) {
            // The builder's own kind is looked up on another thread, and a connection may come before it can send.
            uri.withAuthentication(new StaticCredentialsProvider(access.user(), password.toCharArray()));
        }
        return uri.build();
    }

    /**
     * Runs something later, on a thread of the driver's that is not one of those that read answers.
     *
     * @param task what to run; it must not block
     * @param nanos after how long
     */
    public void schedule(Runnable task, long nanos) {
        try {
            var unused = resources.eventExecutorGroup().schedule(task, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            if (!resources.eventExecutorGroup().isShuttingDown()) {
                throw e;
            }
        }
    }

    /** One of the threads that run what is scheduled, always the same. */
    Executor oneThread() {
        return resources.eventExecutorGroup().next();
    }

    /** Ends the driver's threads, without waiting for them. */
    @Override
    public void close() {
        closed = true;
        names.close();
        var unused = client.shutdownAsync(0, 1, TimeUnit.SECONDS).whenComplete((done, failure) -> endThreads());
    }

    private void endThreads() {
        var unused = resources.shutdown(0, 1, TimeUnit.SECONDS);
    }
}
