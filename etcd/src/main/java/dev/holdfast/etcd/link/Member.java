// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.link;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One member, and the connection to it. A connection that broke or fell silent is not mended but replaced at the next call. */
final class Member {
    /** After which a connection is taken for broken, if calls run out of time: a server that writes to a slow disk may take some. */
    private static final long LONGEST_SILENCE = 3_000_000_000L;

    private final String where;
    private final Supplier<ManagedChannel> connect;
    private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
    private volatile boolean closed;

    private static final class Connection {
        final ManagedChannel channel;
        volatile long heardAt = System.nanoTime();

        Connection(ManagedChannel channel) {
            this.channel = channel;
        }
    }

    /** Who is told how a call goes on. */
    interface Hearer {
        void message(byte[] message);

        void ended(Status status);
    }

    Member(InetSocketAddress address, Supplier<ManagedChannel> connect) {
        this.where = address.getHostString() + ":" + address.getPort();
        this.connect = connect;
    }

    String where() {
        return where;
    }

    /** Makes a call with one request. Without a time limit if that is 0: then the stream stays open for more from the server. */
    ClientCall<byte[], byte[]> call(Method method, byte[] request, Metadata headers, long nanos, Hearer hearer) {
        Connection used = connection();
        CallOptions options =
                nanos > 0 ? CallOptions.DEFAULT.withDeadlineAfter(nanos, TimeUnit.NANOSECONDS) : CallOptions.DEFAULT;
        ClientCall<byte[], byte[]> call = used.channel.newCall(method.descriptor(), options);
        long sentAt = System.nanoTime();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(byte[] message) {
                        used.heardAt = System.nanoTime();
                        hearer.message(message);
                        call.request(1);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        judge(used, sentAt, new CallFailure(status, where));
                        hearer.ended(status);
                    }
                },
                headers);
        call.request(2);
        call.sendMessage(request);
        if (nanos > 0) {
            call.halfClose();
        }
        return call;
    }

    private Connection connection() {
        Connection now = connection.get();
        while (now == null) {
            Connection fresh = new Connection(connect.get());
            if (connection.compareAndSet(null, fresh)) {
                now = fresh;
            } else {
                fresh.channel.shutdownNow();
                now = connection.get();
            }
        }
        if (closed) {
            now.channel.shutdownNow();
        }
        return now;
    }

    private void judge(Connection used, long sentAt, CallFailure end) {
        if (end.code() == Status.Code.UNAVAILABLE && !end.isOfTheServer()) {
            if (connection.compareAndSet(used, null)) {
                used.channel.shutdown();
            }
        } else if (end.code() == Status.Code.DEADLINE_EXCEEDED
                && used.heardAt - sentAt < 0
                && System.nanoTime() - used.heardAt > LONGEST_SILENCE) {
            // What still waits on this connection need not wait any longer.
            if (connection.compareAndSet(used, null)) {
                used.channel.shutdownNow();
            }
        } else if (end.code() != Status.Code.DEADLINE_EXCEEDED && end.code() != Status.Code.CANCELLED) {
            used.heardAt = System.nanoTime();
        }
    }

    void close() {
        closed = true;
        Connection last = connection.get();
        if (last != null) {
            last.channel.shutdownNow();
        }
    }
}
