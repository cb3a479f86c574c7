// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;

/** Requests that a dialect shapes: one node or two, in one transaction. */
final class Requests {
    private Requests() {}

    /** What became of the creation of a contender's nodes. */
    @FunctionalInterface
    interface Created {
        /**
         * The answer.
         *
         * @param names of the nodes, without the path
         * @param revision the transaction that made them, or 0 if the answer does not say
         */
        void answer(Code code, List<String> names, long revision);
    }

    /** Makes the nodes of a contender under a lock's node. */
    static void create(
            ZooKeeper server,
            ZooKeeperOptions options,
            String path,
            List<String> prefixes,
            byte[] data,
            Created created) {
        if (prefixes.size() == 1) {
            server.create(
                    path + "/" + prefixes.get(0),
                    data,
                    options.acl(),
                    CreateMode.EPHEMERAL_SEQUENTIAL,
                    (rc, asked, context, made, stat) -> {
                        Code code = Faults.code(rc);
                        boolean there = code == Code.OK;
                        created.answer(code, there ? List.of(name(made)) : List.of(), there ? stat.getCzxid() : 0);
                    },
                    null);
            return;
        }
        List<Op> all = prefixes.stream()
                .map(prefix -> Op.create(path + "/" + prefix, data, options.acl(), CreateMode.EPHEMERAL_SEQUENTIAL))
                .collect(Collectors.toList());
        server.multi(
                all,
                (rc, asked, context, results) -> {
                    Code code = multiCode(rc, results);
                    created.answer(code, code == Code.OK ? names(results) : List.of(), 0);
                },
                null);
    }

    /**
     * Asks for nothing, by a transaction, which most of the servers have to agree on. Told what became of it; whether the root may be read makes no
     * difference. A {@code sync} would not do: a leader answers it by itself when nothing else is under way, also one that has been replaced and does not know it.
     */
    static void agree(ZooKeeper server, Consumer<Code> answered) {
        server.multi(
                List.of(Op.check("/", -1)),
                (rc, asked, context, results) -> answered.accept(multiCode(rc, results)),
                null);
    }

    private static List<String> names(List<OpResult> results) {
        List<String> names = new ArrayList<>();
        for (OpResult result : results) {
            names.add(name(((OpResult.CreateResult) result).getPath()));
        }
        return List.copyOf(names);
    }

    /** The whole transaction is answered with the error of the operation that failed, on some servers only in the results. */
    static Code multiCode(int rc, @org.jspecify.annotations.Nullable List<OpResult> results) {
        if (results != null) {
            for (OpResult result : results) {
                if (result instanceof OpResult.ErrorResult error
                        && error.getErr() != Code.OK.intValue()
                        && error.getErr() != Code.RUNTIMEINCONSISTENCY.intValue()) {
                    return Faults.code(error.getErr());
                }
            }
        }
        return Faults.code(rc);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Deletes the nodes of a contender. Told once, when each of them was answered. */
    static void delete(ZooKeeper server, String path, List<String> names, Consumer<Code> deleted) {
        AtomicInteger missing = new AtomicInteger(names.size());
        AtomicReference<Code> worst = new AtomicReference<>(Code.OK);
        // Not in one transaction: if one of them was removed by somebody else, the other has to go all the same.
        // The one that more libraries see goes last.
        for (int i = names.size() - 1; i >= 0; i--) {
            server.delete(
                    path + "/" + names.get(i),
                    -1,
                    (rc, asked, context) -> {
                        worst.accumulateAndGet(Faults.code(rc), Requests::worse);
                        if (missing.decrementAndGet() == 0) {
                            deleted.accept(Objects.requireNonNull(worst.get()));
                        }
                    },
                    null);
        }
    }

    /** An answer that got lost is the worst: a connection may break between two requests, and the second arrive over the next. */
    private static Code worse(Code one, Code other) {
        return badness(one) >= badness(other) ? one : other;
    }

    private static int badness(Code code) {
        if (Faults.isUnknown(code)) {
            return 3;
        }
        return code == Code.OK ? 0 : code == Code.NONODE ? 1 : 2;
    }

    /**
     * Makes a lock's node and what is above it, as far as it is missing. Errors are of no interest here, but for telling why the node is
     * still missing afterwards: who may not create one of those above may still be let in below.
     */
    static void makeParents(ZooKeeper server, ZooKeeperOptions options, String path, Consumer<Code> refused) {
        int inRoot = options.root().equals("/") ? 0 : options.root().length();
        for (int slash = path.indexOf('/', 1); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            boolean container = options.containers() && slash > inRoot;
            makeParent(server, options, path.substring(0, slash), container, refused);
        }
        makeParent(server, options, path, options.containers(), refused);
    }

    private static void makeParent(
            ZooKeeper server, ZooKeeperOptions options, String path, boolean container, Consumer<Code> refused) {
        server.create(
                path,
                new byte[0],
                options.acl(),
                container ? CreateMode.CONTAINER : CreateMode.PERSISTENT,
                (rc, asked, context, made, stat) -> {
                    Code code = Faults.code(rc);
                    if (code != Code.OK && code != Code.NODEEXISTS) {
                        refused.accept(code);
                    }
                },
                null);
    }
}
