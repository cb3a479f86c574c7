// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.LockInfo;
import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.PlainRequest;
import dev.holdfast.redis.link.RefusedException;
import dev.holdfast.redis.link.Reply;
import dev.holdfast.redis.link.Words;
import dev.holdfast.redis.script.Script;
import dev.holdfast.spi.Page;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What operators ask: who holds a lock, which locks are held, and to take one away. */
final class Records {
    private static final int PAGE = 500;
    private static final int ENDLESS = 2;

    private final Client client;
    private final Nodes nodes;

    Records(Client client, Nodes nodes) {
        this.client = client;
        this.nodes = nodes;
    }

    CompletionStage<@Nullable LockInfo> inspect(String key) {
        KeyLayout keys = KeyLayout.of(key);
        return look(nodes.linkOf(keys.slot()), keys, key);
    }

    private CompletableFuture<@Nullable LockInfo> look(NodeLink link, KeyLayout keys, String name) {
        Words words = new Words(128).add(keys.lock()).add(keys.line());
        return new QueryCall<@Nullable LockInfo>(
                        client, nodes, Script.INSPECT, link, 2, words, "inspect", name, reply -> info(name, reply))
                .ask();
    }

    /** The value of a lock: {@code hf1|claim|fence|client|label}. One that is not ours only says how long it will stay. */
    private static @Nullable LockInfo info(String name, Reply reply) {
        String value = reply.text(0);
        if (value == null) {
            return null;
        }
        LockInfo.Builder info = LockInfo.of(name).waiters((int) reply.number(1));
        long left = reply.number(0);
        if (left >= 0) {
            info.remaining(Duration.ofMillis(left));
        }
        String[] parts = value.split("\\|", 5);
        if (isOurs(value) && parts.length == 5 && !parts[2].isEmpty()) {
            long fence = Long.parseLong(parts[2]);
            info.ownerLabel(parts[4]).revision(fence).since(Instant.EPOCH.plus(fence, ChronoUnit.MICROS));
        }
        return info.build();
    }

    private static boolean isOurs(@Nullable String value) {
        return value != null && (value.startsWith("hf1|") || value.startsWith("hf0|"));
    }

    CompletionStage<Boolean> forceRelease(String key, boolean now) {
        KeyLayout keys = KeyLayout.of(key);
        Words words = client.words(nodes, keys).add(now ? "1" : "0");
        return new QueryCall<>(
                        client,
                        nodes,
                        Script.FORCE,
                        nodes.linkOf(keys.slot()),
                        4,
                        words,
                        "force the release of",
                        key,
                        reply -> forced(key, reply.number(0)))
                .ask();
    }

    private static boolean forced(String key, long answer) {
        if (answer == ENDLESS) {
            throw Faults.fatal(
                    key,
                    "The lock '" + key
                            + "' is held by a foreign program that set no expiry, so it would never come free by"
                            + " itself: only a release at once takes it away");
        }
        return answer == 1;
    }

    // The list: nodes one after the other, each in pages. The cursor is the number of the node and Redis's own cursor.

    CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        int at = cursor == null ? 0 : Integer.parseInt(cursor.substring(0, cursor.indexOf(' ')));
        String from = cursor == null ? "0" : cursor.substring(cursor.indexOf(' ') + 1);
        List<NodeLink> all = nodes.all();
        if (at >= all.size()) {
            return CompletableFuture.completedFuture(new Page(List.of(), null));
        }
        NodeLink link = all.get(at);
        PlainRequest scan = new PlainRequest(
                "SCAN", from, "MATCH", pattern(prefix), "COUNT", Integer.toString(PAGE), "TYPE", "string");
        link.send(scan);
        return scan.future()
                .handle((reply, failure) -> {
                    if (failure == null) {
                        return reply;
                    }
                    throw failure instanceof RefusedException
                            ? Faults.refused(link, null, "list locks", String.valueOf(failure.getMessage()))
                            : Faults.lost(link, null, "list locks", failure);
                })
                .thenCompose(reply -> page(link, prefix, at, reply));
    }

    private CompletionStage<Page> page(NodeLink link, String prefix, int at, Reply scanned) {
        String next = Objects.requireNonNull(scanned.text(0));
        Set<String> found = new LinkedHashSet<>();
        for (String key : scanned.texts().subList(1, scanned.texts().size())) {
            String name = key == null ? null : KeyLayout.nameOf(key);
            if (name != null && name.startsWith(prefix)) {
                found.add(name);
            }
        }
        List<CompletableFuture<@Nullable LockInfo>> looks = new ArrayList<>();
        for (String name : found) {
            looks.add(look(link, KeyLayout.of(name), name).exceptionally(Records::gone));
        }
        String cursor = next.equals("0") ? at + 1 < nodes.all().size() ? at + 1 + " 0" : null : at + " " + next;
        return CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new)).thenApply(done -> {
            List<LockInfo> locks = new ArrayList<>();
            for (CompletableFuture<@Nullable LockInfo> look : looks) {
                LockInfo info = look.join();
                if (info != null && info.ownerLabel() != null) {
                    locks.add(info);
                }
            }
            return new Page(List.copyOf(locks), cursor);
        });
    }

    /** A key that has become something else since it was scanned is no lock; every other failure is one of the whole page. */
    private static @Nullable LockInfo gone(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (String.valueOf(cause.getMessage()).contains("WRONGTYPE")) {
            return null;
        }
        throw new CompletionException(cause);
    }

    /** What Redis understands as a pattern: names that start so, and those whose key is not their name. */
    static String pattern(String prefix) {
        String key = prefix.startsWith(KeyLayout.RESERVED) ? KeyLayout.lockKey(prefix) : prefix;
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < key.length(); i++) {
            char character = key.charAt(i);
            if ("*?[]\\^".indexOf(character) >= 0) {
                pattern.append('\\');
            }
            pattern.append(character);
        }
        return pattern.append('*').toString();
    }
}
