// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.LockInfo;
import dev.holdfast.memcached.link.Exchange;
import dev.holdfast.memcached.link.Link;
import dev.holdfast.memcached.link.Node;
import dev.holdfast.memcached.wire.Changed;
import dev.holdfast.memcached.wire.Dialect;
import dev.holdfast.memcached.wire.Item;
import dev.holdfast.memcached.wire.RefusedException;
import dev.holdfast.memcached.wire.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What operators ask about one lock: who holds it, and to take it away. */
final class Records {
    private static final long PATIENCE = 5_000_000_000L;

    /** A holder that renews changes the version; it does not do so all the time. */
    private static final int TRIES = 5;

    private final Client client;

    Records(Client client) {
        this.client = client;
    }

    CompletionStage<@Nullable LockInfo> inspect(String key) {
        Node node = client.node(key);
        CompletableFuture<@Nullable LockInfo> info = new CompletableFuture<>();
        node.submit(new ReadCall(
                key,
                giveUp(),
                (link, item, looked) -> info.complete(item == null ? null : describe(key, item)),
                failure -> info.completeExceptionally(Faults.of(key, "inspect", node.where(), failure))));
        return bounded(info, key, "inspect", node);
    }

    private static <T> CompletionStage<T> bounded(CompletableFuture<T> answer, String key, String what, Node node) {
        CompletableFuture<T> late = new CompletableFuture<>();
        var unused = answer.orTimeout(PATIENCE, TimeUnit.NANOSECONDS).whenComplete((value, failure) -> {
            if (failure instanceof java.util.concurrent.TimeoutException) {
                late.completeExceptionally(
                        Faults.of(key, what, node.where(), new java.net.SocketTimeoutException("no answer")));
            } else if (failure != null) {
                late.completeExceptionally(failure);
            } else {
                late.complete(value);
            }
        });
        return late;
    }

    private static LockInfo describe(String key, Item item) {
        Value value = Value.read(item.value());
        LockInfo.Builder info = LockInfo.of(value == null ? key : value.name());
        if (value != null) {
            info.ownerLabel(value.ownerLabel());
        }
        if (item.seconds() >= 0) {
            info.remaining(Duration.ofSeconds(item.seconds()));
        }
        return info.build();
    }

    CompletionStage<Boolean> forceRelease(String key, boolean now) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        Node node = client.node(key);
        node.submit(look(key, now, node, done, TRIES));
        return bounded(done, key, "force the release of", node);
    }

    private static ReadCall look(String key, boolean now, Node node, CompletableFuture<Boolean> done, int tries) {
        return new ReadCall(
                key,
                giveUp(),
                (link, item, looked) -> {
                    if (item == null) {
                        done.complete(false);
                    } else {
                        take(link, key, item, now, node, done, tries);
                    }
                },
                failure -> fail(done, key, node, failure));
    }

    private static void fail(CompletableFuture<Boolean> done, String key, Node node, Throwable failure) {
        done.completeExceptionally(Faults.of(key, "force the release of", node.where(), failure));
    }

    private static void take(
            Link link, String key, Item item, boolean now, Node node, CompletableFuture<Boolean> done, int tries) {
        Value value = Value.read(item.value());
        if (!now && (value == null || item.seconds() == Item.FOR_EVER)) {
            done.completeExceptionally(Faults.fatal(
                    key,
                    "The holder of the lock '" + key + "' is not a client of this library and would not notice that its"
                            + " lock is taken away, so it can only be released at once",
                    null));
        } else if (!now && item.seconds() == Item.UNKNOWN) {
            done.completeExceptionally(Faults.fatal(
                    key,
                    "memcached " + node.where() + " does not tell how long the lock '" + key
                            + "' stays, because it is older than 1.6.13, so it can only be released at once",
                    null));
        } else if (!now && value != null && value.revoked()) {
            done.complete(true);
        } else {
            link.next(new TakeCall(key, item, now ? null : value, node, done, tries));
        }
    }

    private static long giveUp() {
        return System.nanoTime() + PATIENCE;
    }

    /** Removes the version that was seen, or marks it and leaves it the rest of its time. */
    private static final class TakeCall extends Exchange {
        private final String key;
        private final Item item;
        private final byte @Nullable [] mark;
        private final Node node;
        private final CompletableFuture<Boolean> done;
        private final int tries;

        TakeCall(String key, Item item, @Nullable Value marked, Node node, CompletableFuture<Boolean> done, int tries) {
            super(giveUp());
            this.key = key;
            this.item = item;
            this.mark = marked == null ? null : marked.asRevoked();
            this.node = node;
            this.done = done;
            this.tries = tries;
        }

        @Override
        protected byte[] request(Link link, long opaque) {
            return mark == null
                    ? link.dialect().remove(key, item.cas(), opaque)
                    : link.dialect().replace(key, mark, Lifetime.rest(item.seconds()), item.cas(), opaque);
        }

        @Override
        protected int replies(Dialect dialect) {
            return mark == null ? 1 : dialect.repliesToReplace();
        }

        @Override
        protected void answered(Link link, List<Reply> answers) throws RefusedException {
            Changed changed = mark == null
                    ? link.dialect().removed(answers.get(0))
                    : link.dialect().replaced(answers, mark);
            switch (changed.outcome()) {
                case DONE -> done.complete(true);
                case MISSING -> done.complete(false);
                case OTHER -> {
                    if (tries > 1) {
                        link.next(look(key, mark == null, node, done, tries - 1));
                    } else {
                        fail(done, key, node, new IOException("its holder changed it each time"));
                    }
                }
            }
        }

        @Override
        protected void refused(Link link, RefusedException refusal) {
            fail(done, key, node, refusal);
        }

        @Override
        protected void failed(IOException cause, boolean mayHaveApplied) {
            fail(done, key, node, cause);
        }
    }
}
