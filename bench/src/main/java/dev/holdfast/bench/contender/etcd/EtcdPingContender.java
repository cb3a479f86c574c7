// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.etcd;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import io.grpc.CallOptions;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** No lock: a small read for the acquisition and one for the release, which is the floor for every lock of two round trips on etcd. */
public final class EtcdPingContender extends EtcdContender {
    private static final MethodDescriptor<byte[], byte[]> RANGE = MethodDescriptor.newBuilder(new Bytes(), new Bytes())
            .setFullMethodName("etcdserverpb.KV/Range")
            .setType(MethodType.UNARY)
            .build();

    /** The key {@code x}, which is not there. Serializable: the member answers by itself. */
    private static final byte[] QUESTION = {0x0A, 1, 'x', 0x38, 1};

    /** For the ServiceLoader. */
    public EtcdPingContender() {
        super("etcd-ping", "no lock but two small reads, through the driver that this project uses");
    }

    @Override
    public boolean excludesProcesses(String place) {
        return false;
    }

    @Override
    public boolean excludesThreads() {
        return false;
    }

    @Override
    public Session open(String place) {
        return new Client(NettyChannelBuilder.forTarget(address(place), InsecureChannelCredentials.create())
                .directExecutor()
                .build());
    }

    private record Client(ManagedChannel channel) implements Session {
        @Override
        public Held acquire(String name) {
            ask();
            return this::ask;
        }

        private void ask() {
            var unused = ClientCalls.blockingUnaryCall(channel, RANGE, CallOptions.DEFAULT, QUESTION);
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
