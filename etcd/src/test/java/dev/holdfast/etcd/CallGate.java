// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Knows what the calls of a client are: it can lose the answer to one, hold one back while later ones pass it, send one twice, late or never, and
 * drop what is told unasked. What happens to bytes is the business of the proxy behind it.
 */
final class CallGate implements ClientInterceptor, AutoCloseable {
    /** For so long a client hears nothing of a call that is held, and then its connection breaks: longer than its calls may take. */
    private static final long UNTIL_BROKEN = 600;

    /** By so much a call is late. */
    static final long DELAY = 1_500;

    private static final long LIMIT = 10;

    /** What becomes of a call about locks. */
    enum Fate {
        /** Nothing happens to it. */
        PASS,
        /** It is carried out, and the answer is lost. */
        LOSE,
        /** It stays under way until it is delivered. */
        HOLD,
        /** It is carried out twice. */
        DOUBLE,
        /** It never arrives, and the client learns that at once. */
        REFUSE,
        /** It arrives late, but in time. */
        DELAY
    }

    private final AtomicLong calls = new AtomicLong();
    private final Queue<Fate> fates = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Runnable> held = new AtomicReference<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "call-gate");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicReference<@Nullable Status> refused = new AtomicReference<>();
    private final AtomicReference<@Nullable ManagedChannel> apart = new AtomicReference<>();
    private volatile boolean dropsPushes;

    long calls() {
        return calls.get();
    }

    void loseNext() {
        next(Fate.LOSE);
    }

    void holdNext() {
        next(Fate.HOLD);
    }

    void doubleNext() {
        next(Fate.DOUBLE);
    }

    /** The fates of the next calls about locks. */
    void next(Fate... these) {
        fates.addAll(List.of(these));
    }

    void dropPushes(boolean value) {
        dropsPushes = value;
    }

    boolean isHolding() {
        return held.get() != null;
    }

    /** Lets the held call arrive, and returns when it was applied. */
    void deliver() {
        Runnable call = held.getAndSet(null);
        if (call == null) {
            throw new AssertionError("no request is held");
        }
        call.run();
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        calls.incrementAndGet();
        if (method.getFullMethodName().endsWith("/Watch")) {
            return new Deaf<>(next.newCall(method, options));
        }
        boolean isAboutALock =
                method.getServiceName() != null && method.getServiceName().endsWith(".KV");
        Fate fate = isAboutALock ? fates.poll() : null;
        return switch (fate == null ? Fate.PASS : fate) {
            case PASS -> next.newCall(method, options);
            case LOSE -> new Forgetful<>(next.newCall(method, options));
            case HOLD -> new Kept<>(method, next);
            case DOUBLE -> new Doubled<>(method, next, next.newCall(method, options));
            case REFUSE -> new Refused<>();
            case DELAY -> new Delayed<>(next.newCall(method, options));
        };
    }

    private void await(CountDownLatch answered) {
        try {
            if (!answered.await(LIMIT, TimeUnit.SECONDS)) {
                throw new AssertionError("the request was not answered");
            }
            Status status = refused.getAndSet(null);
            if (status != null) {
                throw new AssertionError("the request was not carried out: " + status);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Another way to the same member, for what is under way on a connection that the client has given up. */
    private Channel unbroken(Channel broken) {
        ManagedChannel channel = Grpc.newChannelBuilder(broken.authority(), InsecureChannelCredentials.create())
                .build();
        ManagedChannel last = apart.getAndSet(channel);
        if (last != null) {
            last.shutdownNow();
        }
        return channel;
    }

    /** Makes the call on its own. */
    private <Q, R> CountDownLatch applyApart(
            Channel channel, MethodDescriptor<Q, R> method, Metadata headers, Q message, Runnable then) {
        CountDownLatch answered = new CountDownLatch(1);
        Metadata own = new Metadata();
        own.merge(headers);
        ClientCall<Q, R> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        if (!status.isOk()) {
                            refused.set(status);
                        }
                        answered.countDown();
                        then.run();
                    }
                },
                own);
        call.request(2);
        call.sendMessage(message);
        call.halfClose();
        return answered;
    }

    /** A call that arrives twice, one after the other. */
    private final class Doubled<Q, R> extends SimpleForwardingClientCall<Q, R> {
        private final MethodDescriptor<Q, R> method;
        private final Channel next;
        private Metadata headers = new Metadata();

        Doubled(MethodDescriptor<Q, R> method, Channel next, ClientCall<Q, R> call) {
            super(call);
            this.method = method;
            this.next = next;
        }

        @Override
        public void start(Listener<R> listener, Metadata given) {
            headers = given;
            super.start(listener, given);
        }

        @Override
        public void sendMessage(Q message) {
            applyApart(next, method, headers, message, () -> {
                super.sendMessage(message);
                super.halfClose();
            });
        }

        @Override
        public void halfClose() {}
    }

    /** A call whose answer never comes, because the connection breaks. */
    private static final class Forgetful<Q, R> extends SimpleForwardingClientCall<Q, R> {
        Forgetful(ClientCall<Q, R> call) {
            super(call);
        }

        @Override
        public void start(Listener<R> listener, Metadata headers) {
            super.start(
                    new SimpleForwardingClientCallListener<>(listener) {
                        @Override
                        public void onMessage(R message) {}

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            super.onClose(Status.UNAVAILABLE.withDescription("the answer is lost"), trailers);
                        }
                    },
                    headers);
        }
    }

    /** A call that does not arrive. */
    private final class Refused<Q, R> extends ClientCall<Q, R> {
        private @Nullable Listener<R> listener;

        @Override
        public void start(Listener<R> newListener, Metadata headers) {
            listener = newListener;
        }

        @Override
        public void sendMessage(Q message) {
            timer.execute(() -> listener.onClose(Status.UNAVAILABLE.withDescription("refused"), new Metadata()));
        }

        @Override
        public void request(int numMessages) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}
    }

    /** A call that is sent later. */
    private final class Delayed<Q, R> extends SimpleForwardingClientCall<Q, R> {
        Delayed(ClientCall<Q, R> call) {
            super(call);
        }

        @Override
        public void sendMessage(Q message) {
            var unused = timer.schedule(
                    () -> {
                        super.sendMessage(message);
                        super.halfClose();
                    },
                    DELAY,
                    TimeUnit.MILLISECONDS);
        }

        @Override
        public void halfClose() {}
    }

    /** A stream of which nothing is heard, while pushes are dropped. */
    private final class Deaf<Q, R> extends SimpleForwardingClientCall<Q, R> {
        Deaf(ClientCall<Q, R> call) {
            super(call);
        }

        @Override
        public void start(Listener<R> listener, Metadata headers) {
            super.start(
                    new SimpleForwardingClientCallListener<>(listener) {
                        @Override
                        public void onMessage(R message) {
                            if (!dropsPushes) {
                                super.onMessage(message);
                            }
                        }
                    },
                    headers);
        }
    }

    /** A call that stays under way. */
    private final class Kept<Q, R> extends ClientCall<Q, R> {
        private final MethodDescriptor<Q, R> method;
        private final Channel next;
        private @Nullable Listener<R> listener;
        private Metadata headers = new Metadata();

        Kept(MethodDescriptor<Q, R> method, Channel next) {
            this.method = method;
            this.next = next;
        }

        @Override
        public void start(Listener<R> newListener, Metadata given) {
            listener = newListener;
            headers = given;
        }

        @Override
        public void sendMessage(Q message) {
            held.set(() -> await(applyApart(unbroken(next), method, headers, message, () -> {})));
            var unused = timer.schedule(
                    () -> listener.onClose(Status.UNAVAILABLE.withDescription("the connection broke"), new Metadata()),
                    UNTIL_BROKEN,
                    TimeUnit.MILLISECONDS);
        }

        @Override
        public void request(int numMessages) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}
    }

    @Override
    public void close() {
        timer.shutdownNow();
        ManagedChannel last = apart.getAndSet(null);
        if (last != null) {
            last.shutdownNow();
        }
    }
}
