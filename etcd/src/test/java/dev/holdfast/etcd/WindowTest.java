// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.etcd.link.Access;
import dev.holdfast.etcd.link.CallFailure;
import dev.holdfast.etcd.link.Cluster;
import dev.holdfast.etcd.link.Method;
import dev.holdfast.etcd.wire.Txn;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class WindowTest {
    private static final int CHANGES = 2_000;
    private static final long EACH_MAY_TAKE = 400_000_000L;

    /** What waited for nearly all of its time is answered too late, and has cost the server as much as one that is answered in time. */
    @Test
    void moreThanTheServerDoesInTheTimeOfOne_areAllDoneByAndBy() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (SlowServer server = new SlowServer();
                Cluster cluster = cluster(server)) {
            Window window = new Window(cluster);
            CountDownLatch done = new CountDownLatch(CHANGES);
            for (int i = 0; i < CHANGES; i++) {
                untilDone(window, timer, done);
            }
            assertThat(done.await(15, TimeUnit.SECONDS))
                    .as("all are done; %s are not, of %s that the server did", done.getCount(), server.done)
                    .isTrue();
        } finally {
            timer.shutdownNow();
        }
    }

    @Test
    void changeWhoseTimeIsOver_isNotSent_andItsFailureSaysSo() throws Exception {
        try (SlowServer server = new SlowServer();
                Cluster cluster = cluster(server)) {
            assertThat(failure(new Window(cluster).txn(new Txn().delete("key"), System.nanoTime(), () -> {}))
                            .isUnsent())
                    .isTrue();
            assertThat(failure(cluster.call(Method.TXN, new byte[0], System.nanoTime()))
                            .isUnsent())
                    .isTrue();
            assertThat(server.done).hasValue(0);
        }
    }

    @Test
    void changeThatWasSentOnce_andNotTheSecondTime_countsAsSent() throws Exception {
        Broken server = new Broken();
        try (Cluster cluster = cluster(server)) {
            long giveUp = System.nanoTime() + EACH_MAY_TAKE;
            Runnable untilItIsTooLate = () -> {
                while (giveUp - System.nanoTime() >= 0) {
                    LockSupport.parkNanos(1_000_000);
                }
            };
            CallFailure failure = failure(cluster.call(Method.TXN, new byte[0], giveUp, untilItIsTooLate));
            assertThat(failure.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(failure.isUnsent()).isFalse();
            assertThat(server.calls).hasValue(1);
        }
    }

    private static CallFailure failure(CompletableFuture<byte[]> call) throws Exception {
        return (CallFailure) call.handle((answer, failure) -> failure).get(15, TimeUnit.SECONDS);
    }

    private static Cluster cluster(ClientInterceptor server) {
        return new Cluster(
                List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)),
                new Access(null, null, false, null, null, null),
                UnaryOperator.identity(),
                List.of(server));
    }

    private static void untilDone(Window window, ScheduledExecutorService timer, CountDownLatch done) {
        var unused = window.txn(new Txn().delete("key"), System.nanoTime() + EACH_MAY_TAKE, () -> {})
                .whenComplete((answer, failure) -> {
                    if (failure == null) {
                        done.countDown();
                    } else if (!timer.isShutdown()) {
                        again(window, timer, done);
                    }
                });
    }

    private static void again(Window window, ScheduledExecutorService timer, CountDownLatch done) {
        var unused = timer.schedule(() -> untilDone(window, timer, done), 50, TimeUnit.MILLISECONDS);
    }

    /** Takes every call, and breaks the connection. */
    private static final class Broken implements ClientInterceptor {
        final AtomicInteger calls = new AtomicInteger();

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return new ClientCall<>() {
                private @Nullable Listener<R> listener;

                @Override
                public void start(Listener<R> started, Metadata headers) {
                    listener = started;
                }

                @Override
                public void request(int messages) {}

                @Override
                public void cancel(@Nullable String message, @Nullable Throwable cause) {}

                @Override
                public void sendMessage(Q message) {}

                @Override
                public void halfClose() {
                    calls.incrementAndGet();
                    listener.onClose(Status.UNAVAILABLE, new Metadata());
                }
            };
        }
    }

    /** Takes a millisecond for each call, one after the other, also for those that nobody waits for any more. */
    private static final class SlowServer implements ClientInterceptor, AutoCloseable {
        final AtomicInteger done = new AtomicInteger();
        private final ScheduledExecutorService work = Executors.newSingleThreadScheduledExecutor();
        private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return new ClientCall<>() {
                private @Nullable Listener<R> listener;

                @Override
                public void start(Listener<R> started, Metadata headers) {
                    listener = started;
                }

                @Override
                public void request(int messages) {}

                @Override
                public void cancel(@Nullable String message, @Nullable Throwable cause) {}

                @Override
                public void halfClose() {}

                @Override
                public void sendMessage(Q message) {
                    AtomicBoolean closed = new AtomicBoolean();
                    if (options.getDeadline() != null) {
                        var unused = clock.schedule(
                                () -> close(closed, Status.DEADLINE_EXCEEDED),
                                options.getDeadline().timeRemaining(TimeUnit.NANOSECONDS),
                                TimeUnit.NANOSECONDS);
                    }
                    work.execute(() -> {
                        LockSupport.parkNanos(1_000_000);
                        done.incrementAndGet();
                        if (!closed.get()) {
                            listener.onMessage(method.parseResponse(new ByteArrayInputStream(new byte[0])));
                            close(closed, Status.OK);
                        }
                    });
                }

                private void close(AtomicBoolean closed, Status status) {
                    if (closed.compareAndSet(false, true)) {
                        listener.onClose(status, new Metadata());
                    }
                }
            };
        }

        @Override
        public void close() {
            work.shutdownNow();
            clock.shutdownNow();
        }
    }
}
