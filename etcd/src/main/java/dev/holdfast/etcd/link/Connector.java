// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.link;

import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** gRPC, set up for locks: one thread reads all answers and takes them, and nothing is tried again behind our back. */
final class Connector implements AutoCloseable {
    private static final int LARGEST_ANSWER = 64 << 20;

    private final ChannelCredentials credentials;
    private final List<ClientInterceptor> interceptors;
    private final EventLoopGroup thread = new NioEventLoopGroup(1, new DefaultThreadFactory("holdfast-etcd", true));

    Connector(Access access, List<ClientInterceptor> interceptors) {
        this.interceptors = interceptors;
        credentials = access.tls() ? tls(access) : InsecureChannelCredentials.create();
        // What is wrong with the files is found when a channel is made, and that may be long after the client was
        // opened.
        var unused = NettyChannelBuilder.forAddress("localhost", 1, credentials);
    }

    private static ChannelCredentials tls(Access access) {
        TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
        try {
            if (access.ca() != null) {
                tls.trustManager(access.ca().toFile());
            }
            if (access.cert() != null && access.key() != null) {
                tls.keyManager(access.cert().toFile(), access.key().toFile());
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return tls.build();
    }

    ManagedChannel connect(InetSocketAddress address) {
        return NettyChannelBuilder.forAddress(address.getHostString(), address.getPort(), credentials)
                .channelType(NioSocketChannel.class)
                .eventLoopGroup(thread)
                .directExecutor()
                .disableRetry()
                .disableServiceConfigLookUp()
                .proxyDetector(target -> null)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .maxInboundMessageSize(LARGEST_ANSWER)
                .intercept(interceptors)
                .build();
    }

    /** Ends the thread, without waiting for it. */
    @Override
    public void close() {
        var unused = thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
