// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.BackendException;
import dev.holdfast.LockInfo;
import dev.holdfast.spi.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** What operators ask: who holds a lock, which locks are held, and to take one away. */
final class Records {
    private static final int PAGE = 100;
    private static final int MOST_TRIES = 10;

    private final Client client;

    Records(Client client) {
        this.client = client;
    }

    /** The first of a line, whatever library made it. */
    private record Holder(String node, @Nullable NodeRecord record, Stat stat, int waiters) {}

    CompletionStage<@Nullable LockInfo> inspect(String key) {
        return answer("inspect", key, server -> holder(server, key, 0).thenApply(holder -> info(key, holder)));
    }

    /** Runs a question, and makes of what goes wrong with it an error that says what was asked. */
    private <T extends @Nullable Object> CompletableFuture<T> answer(
            String what, String lock, Function<ZooKeeper, CompletableFuture<T>> question) {
        CompletableFuture<T> answer;
        try {
            answer = question.apply(client.session().server());
        } catch (BackendException e) {
            return CompletableFuture.failedFuture(e);
        }
        return answer.exceptionally(failure -> {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof KeeperException refused) {
                Code code = refused.code();
                throw Faults.isUnknown(code) || Faults.isSessionOver(code)
                        ? Faults.unknown(client.options(), code, what, lock)
                        : Faults.refused(client.options(), code, String.valueOf(refused.getPath()), what, lock);
            }
            throw new CompletionException(cause);
        });
    }

    private static @Nullable LockInfo info(String key, @Nullable Holder holder) {
        if (holder == null) {
            return null;
        }
        NodeRecord record = holder.record;
        return LockInfo.of(record == null ? key : record.name())
                .ownerLabel(record == null ? null : record.label())
                .revision(holder.stat.getCzxid())
                .waiters(holder.waiters)
                .build();
    }

    /** Between the listing and the reading a holder may go, and the next one is asked for. */
    private CompletableFuture<@Nullable Holder> holder(ZooKeeper server, String key, int tries) {
        String path = client.options().lockPath(key);
        return children(server, path).thenCompose(children -> {
            List<String> line = children == null ? List.of() : Line.contenders(children);
            if (line.isEmpty()) {
                return CompletableFuture.completedFuture(null);
            }
            String first = line.get(0);
            return read(server, path, first, Line.owners(line) - 1)
                    .thenCompose(holder -> holder != null || tries >= MOST_TRIES
                            ? CompletableFuture.completedFuture(holder)
                            : holder(server, key, tries + 1));
        });
    }

    private static CompletableFuture<@Nullable List<String>> children(ZooKeeper server, String path) {
        CompletableFuture<@Nullable List<String>> answer = new CompletableFuture<>();
        server.getChildren(
                path,
                false,
                (rc, asked, context, children, stat) -> complete(answer, Faults.code(rc), path, children),
                null);
        return answer;
    }

    private static <T> void complete(CompletableFuture<@Nullable T> answer, Code code, String path, @Nullable T value) {
        if (code == Code.OK) {
            answer.complete(value);
        } else if (code == Code.NONODE) {
            answer.complete(null);
        } else {
            answer.completeExceptionally(KeeperException.create(code, path));
        }
    }

    private static CompletableFuture<@Nullable Holder> read(ZooKeeper server, String path, String node, int waiters) {
        CompletableFuture<@Nullable Holder> answer = new CompletableFuture<>();
        server.getData(
                path + "/" + node,
                false,
                (rc, asked, context, data, stat) -> complete(
                        answer,
                        Faults.code(rc),
                        path + "/" + node,
                        Faults.code(rc) == Code.OK ? new Holder(node, NodeRecord.read(data), stat, waiters) : null),
                null);
        return answer;
    }

    // Listing

    /** Keys in order; the cursor is the last one of the page before. */
    CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        return answer(
                "list",
                prefix,
                server -> keys(server).thenCompose(keys -> {
                    List<String> rest = keys.stream()
                            .filter(key -> cursor == null || key.compareTo(cursor) > 0)
                            .filter(key -> key.indexOf('~') >= 0 || key.startsWith(prefix))
                            .sorted()
                            .toList();
                    List<String> now = rest.subList(0, Math.min(PAGE, rest.size()));
                    List<CompletableFuture<@Nullable LockInfo>> infos = now.stream()
                            .map(key -> holder(server, key, 0).thenApply(holder -> info(key, holder)))
                            .toList();
                    return CompletableFuture.allOf(infos.toArray(CompletableFuture[]::new))
                            .thenApply(done ->
                                    page(infos, prefix, now.size() < rest.size() ? now.get(now.size() - 1) : null));
                }));
    }

    private static Page page(
            List<CompletableFuture<@Nullable LockInfo>> infos, String prefix, @Nullable String cursor) {
        List<LockInfo> locks = new ArrayList<>();
        for (CompletableFuture<@Nullable LockInfo> info : infos) {
            LockInfo lock = info.join();
            if (lock != null && lock.name().startsWith(prefix)) {
                locks.add(lock);
            }
        }
        return new Page(List.copyOf(locks), cursor);
    }

    /** All keys under the root, and with nested names all paths. */
    private CompletableFuture<List<String>> keys(ZooKeeper server) {
        return keysUnder(server, "");
    }

    private CompletableFuture<List<String>> keysUnder(ZooKeeper server, String above) {
        String path =
                above.isEmpty() ? client.options().root() : client.options().lockPath(above);
        return children(server, path).thenCompose(children -> {
            List<String> here = (children == null ? List.<String>of() : children)
                    .stream()
                            .filter(child -> !Dialect.isContender(child)
                                    || !client.options().nested())
                            .map(child -> above.isEmpty() ? child : above + "/" + child)
                            .filter(key -> client.options().whyUnusable(key) == null)
                            .toList();
            if (!client.options().nested()) {
                return CompletableFuture.completedFuture(here);
            }
            List<CompletableFuture<List<String>>> below =
                    here.stream().map(key -> keysUnder(server, key)).toList();
            return CompletableFuture.allOf(below.toArray(CompletableFuture[]::new))
                    .thenApply(done -> {
                        List<String> all = new ArrayList<>(here);
                        below.forEach(keys -> all.addAll(keys.join()));
                        return List.copyOf(all);
                    });
        });
    }

    // Force

    CompletionStage<Boolean> forceRelease(String key, boolean now) {
        String path = client.options().lockPath(key);
        return answer(
                "force the release of",
                key,
                server -> holder(server, key, 0).thenCompose(holder -> {
                    if (holder == null) {
                        return CompletableFuture.completedFuture(false);
                    }
                    return now ? delete(server, path, holder) : revoke(server, key, path, holder);
                }));
    }

    /** The holder's nodes; those of a twin have different names and the same transaction, and all go. */
    private static CompletableFuture<Boolean> delete(ZooKeeper server, String path, Holder holder) {
        return children(server, path).thenCompose(children -> {
            List<CompletableFuture<@Nullable Boolean>> deleted = new ArrayList<>();
            for (String node : Line.contenders(Objects.requireNonNullElse(children, List.of()))) {
                if (node.equals(holder.node) || Line.areTwins(node, holder.node)) {
                    CompletableFuture<@Nullable Boolean> one = new CompletableFuture<>();
                    server.delete(
                            path + "/" + node,
                            -1,
                            (rc, asked, context) -> complete(one, Faults.code(rc), path, Boolean.TRUE),
                            null);
                    deleted.add(one);
                }
            }
            return CompletableFuture.allOf(deleted.toArray(CompletableFuture[]::new))
                    .thenApply(done -> true);
        });
    }

    /**
     * Writes the wish into the holder's node. A holder that nobody has waited for yet watches only its line, so something comes into it and
     * goes again, in the same transaction.
     */
    private CompletableFuture<Boolean> revoke(ZooKeeper server, String key, String path, Holder holder) {
        NodeRecord record = holder.record;
        if (record == null) {
            throw Faults.fatal(
                    key,
                    "The lock '" + key + "' is held by another program through the node " + path + "/" + holder.node
                            + ", which cannot be asked to give it back; end that program, or force the release at once,"
                            + " which lets the next one in beside it",
                    null);
        }
        String passing = path + "/"
                + Dialect.CURATOR.prefixes(UUID.randomUUID().toString()).get(0);
        CompletableFuture<@Nullable Boolean> answer = new CompletableFuture<>();
        server.multi(
                List.of(
                        Op.setData(path + "/" + holder.node, record.asRevoked().bytes(), -1),
                        Op.create(passing, new byte[0], client.options().acl(), CreateMode.PERSISTENT),
                        Op.delete(passing, -1)),
                (rc, asked, context, results) -> complete(answer, Requests.multiCode(rc, results), path, Boolean.TRUE),
                null);
        return answer.thenApply(done -> true);
    }
}
