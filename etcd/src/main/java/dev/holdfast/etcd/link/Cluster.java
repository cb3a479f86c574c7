// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.link;

import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The members of a cluster. One of them is asked, always the same one while it answers; the next one is asked if it does not. Every request
 * of this client may be repeated, so a call that fails is tried again within its time: elsewhere, or over a new connection.
 */
public final class Cluster implements AutoCloseable {
    /** A member that has no leader answers so at once, instead of keeping the caller waiting. */
    private static final Metadata.Key<String> WITH_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private final List<Member> members;
    private final AtomicInteger current = new AtomicInteger();
    private final Tokens tokens;
    private final Connector connector;
    private volatile boolean closed;

    /**
     * No I/O but to read the files of TLS.
     *
     * @param addresses the members
     * @param access how they are reached
     * @param route from the address by which a member is known to the one at which it is reached
     * @param interceptors what calls pass through: none, but for tests
     * @throws IllegalArgumentException if the files of TLS cannot be used
     */
    public Cluster(
            List<InetSocketAddress> addresses,
            Access access,
            UnaryOperator<InetSocketAddress> route,
            List<ClientInterceptor> interceptors) {
        connector = new Connector(access, interceptors);
        members = addresses.stream()
                .map(address -> new Member(address, () -> connector.connect(route.apply(address))))
                .toList();
        tokens = new Tokens(this, access);
    }

    /**
     * Asks.
     *
     * @param method what
     * @param request the request
     * @param giveUpNanos until when to wait for the answer, a value of {@link System#nanoTime()}
     * @return the answer, or a {@link CallFailure}
     */
    public CompletableFuture<byte[]> call(Method method, byte[] request, long giveUpNanos) {
        return call(method, request, giveUpNanos, () -> {});
    }

    /**
     * Asks.
     *
     * @param method what
     * @param request the request
     * @param giveUpNanos until when to wait for the answer, a value of {@link System#nanoTime()}
     * @param beforeRepeat is run before the request is sent once more, so that it may be carried out twice, and long after the answer
     * @return the answer, or a {@link CallFailure}
     */
    public CompletableFuture<byte[]> call(Method method, byte[] request, long giveUpNanos, Runnable beforeRepeat) {
        Attempt attempt = new Attempt(method, request, giveUpNanos, beforeRepeat);
        tokens.then(giveUpNanos, attempt::failWithoutToken, attempt::start);
        return attempt.answer;
    }

    /** Asks for a token, which needs none. */
    CompletableFuture<byte[]> callWithoutToken(Method method, byte[] request, long giveUpNanos) {
        Attempt attempt = new Attempt(method, request, giveUpNanos, () -> {});
        attempt.start(null);
        return attempt.answer;
    }

    private static Metadata headers(@Nullable String token) {
        Metadata headers = new Metadata();
        headers.put(WITH_LEADER, "true");
        if (token != null) {
            headers.put(TOKEN, token);
        }
        return headers;
    }

    /** Who is told what a watch tells. */
    public interface Watcher {
        /**
         * Something came.
         *
         * @param message what came
         */
        void told(byte[] message);

        /** Nothing more will come. */
        void ended();
    }

    /**
     * Begins to watch, without an end of its own.
     *
     * @param request what to watch
     * @param watcher who is told
     * @return ends it
     */
    public Runnable watch(byte[] request, Watcher watcher) {
        ClientCall<byte[], byte[]> call = members.get(current.get())
                .call(Method.WATCH, request, headers(tokens.known()), 0, new Member.Hearer() {
                    @Override
                    public void message(byte[] message) {
                        watcher.told(message);
                    }

                    @Override
                    public void ended(Status status) {
                        watcher.ended();
                    }
                });
        return () -> call.cancel("not needed any more", null);
    }

    /**
     * The member that is asked at present.
     *
     * @return host and port
     */
    public String where() {
        return members.get(current.get()).where();
    }

    private final class Attempt implements Member.Hearer {
        private final Method method;
        private final byte[] request;
        private final long giveUpNanos;
        private final Runnable beforeRepeat;
        private final CompletableFuture<byte[]> answer = new CompletableFuture<>();
        private int left = Math.max(2, members.size());
        private boolean renewedToken;
        private @Nullable String token;
        private int next;
        private int asked;
        private boolean sent;

        /** What a member said of its cluster, which tells more than that others cannot be reached. */
        private @Nullable CallFailure said;

        Attempt(Method method, byte[] request, long giveUpNanos, Runnable beforeRepeat) {
            this.method = method;
            this.request = request;
            this.giveUpNanos = giveUpNanos;
            this.beforeRepeat = beforeRepeat;
        }

        void start(@Nullable String newToken) {
            token = newToken;
            left--;
            asked = sent ? next : current.get();
            long time = giveUpNanos - System.nanoTime();
            if (time <= 0 || closed) {
                Status status = closed ? Status.CANCELLED : Status.DEADLINE_EXCEEDED;
                fail(new CallFailure(status, members.get(asked).where(), !sent));
                return;
            }
            // A member that hangs must leave time for another one, or to tell what one before it said.
            boolean leavesTime = said != null || (left > 0 && members.size() > 1);
            long share = leavesTime ? time / 2 : time;
            sent = true;
            members.get(asked).call(method, request, headers(token), Math.max(1, share), this);
        }

        @Override
        public void message(byte[] message) {
            answer.complete(message);
        }

        @Override
        public void ended(Status status) {
            if (answer.isDone()) {
                return;
            }
            Status end = status.isOk() ? Status.INTERNAL.withDescription("no answer in the stream") : status;
            CallFailure failure = new CallFailure(end, members.get(asked).where());
            if (failure.isOfTheServer() && failure.mayPassElsewhere()) {
                said = failure;
            }
            if (failure.mayPassElsewhere()) {
                // Round all of them, wherever other calls have come to meanwhile.
                next = (asked + 1) % members.size();
                current.compareAndSet(asked, next);
            }
            if (failure.wantsNewToken() && token != null && !renewedToken) {
                renewedToken = true;
                left++;
                tokens.forget(token);
                tokens.then(giveUpNanos, this::failWithoutToken, this::start);
            } else if (failure.mayPassElsewhere() && left > 0 && giveUpNanos - System.nanoTime() > 0) {
                beforeRepeat.run();
                start(token);
            } else {
                fail(failure);
            }
        }

        /** What went wrong with the question for a token tells nothing of whether this request was sent before. */
        void failWithoutToken(Throwable failure) {
            answer.completeExceptionally(failure instanceof CallFailure call ? call.of(sent) : failure);
        }

        private void fail(CallFailure last) {
            CallFailure better = said;
            answer.completeExceptionally(better != null && last.mayPassElsewhere() ? better : last);
        }
    }

    /** Ends all connections; what is under way fails. */
    @Override
    public void close() {
        closed = true;
        members.forEach(Member::close);
        connector.close();
    }
}
