// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.PatientCalls;
import dev.holdfast.testkit.servers.RedisCluster;
import dev.holdfast.testkit.servers.RedisNodes;
import dev.holdfast.testkit.servers.RedisSentinel;
import dev.holdfast.testkit.servers.RedisServer;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.trials.process.LockWorker;
import dev.holdfast.trials.process.WorkerProcess;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** What a test opens on one deployment of Redis: clients, processes, proxies, and the connections of an operator. */
class Stage implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String uri;
    private final RedisClient admin = RedisClient.create();
    private final List<RedisClusterCommands<String, String>> stores = new ArrayList<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** A deployment that is left as it is, and that the operator only sees node by node. */
    Stage(String uri) {
        this.uri = uri;
    }

    Stage(RedisServer server) {
        this(server.uri());
        addStore(at(server.node()));
    }

    Stage(RedisSentinel sentinel) {
        this(sentinel.uri());
        addStore(at(sentinel.firstMaster()));
    }

    Stage(RedisCluster cluster) {
        this(cluster.uri());
        RedisClusterClient client =
                RedisClusterClient.create("redis://" + cluster.nodes().get(0).address());
        opened(client::shutdown);
        addStore(client.connect().sync());
    }

    Stage(RedisNodes nodes) {
        this(nodes.uri());
        nodes.nodes().forEach(node -> addStore(at(node)));
    }

    private void addStore(RedisClusterCommands<String, String> store) {
        store.flushall();
        stores.add(store);
    }

    /** What the operator sees: one store, or several that know nothing of each other. */
    final List<RedisClusterCommands<String, String>> stores() {
        return stores;
    }

    /** The store; if there are several, the first. */
    final RedisClusterCommands<String, String> redis() {
        return stores.get(0);
    }

    /** A new connection of an operator to one node, that ends with the stage. */
    final RedisCommands<String, String> at(ServerNode node) {
        return admin.connect(RedisURI.create("redis://" + node.address())).sync();
    }

    /** What an operator does on one node, on a connection of its own. */
    final <T> T on(ServerNode node, Function<RedisCommands<String, String>, T> action) {
        try (StatefulRedisConnection<String, String> connection =
                admin.connect(RedisURI.create("redis://" + node.address()))) {
            return action.apply(connection.sync());
        }
    }

    final String uri(String parameters) {
        return uri + "?" + PatientCalls.in(parameters);
    }

    final Holdfast client(String parameters) {
        return opened(Holdfast.open(uri(parameters)));
    }

    final Holdfast client() {
        return client("lease-time=10s");
    }

    final Holdfast clientBehind(FaultProxy proxy, String parameters) {
        return opened(Holdfast.open("redis://127.0.0.1:" + proxy.port() + "?" + PatientCalls.in(parameters)));
    }

    final FaultProxy proxy(InetSocketAddress address) {
        return opened(FaultProxy.start(address, FrameCounter::resp));
    }

    final WorkerProcess process(String parameters) throws IOException {
        return opened(LockWorker.start(uri(parameters)));
    }

    /** Several at the same time, because each takes a second to start. */
    final List<WorkerProcess> processes(int count, String parameters) throws Exception {
        List<CompletableFuture<WorkerProcess>> starting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            starting.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return LockWorker.start(uri(parameters));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        }
        List<WorkerProcess> started = new ArrayList<>();
        for (CompletableFuture<WorkerProcess> start : starting) {
            started.add(opened(get(start)));
        }
        return started;
    }

    /** Is closed with the stage, before what was opened earlier. */
    final <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    static Lease take(Holdfast client, String name) {
        Lease lease = client.lock(name).tryAcquire();
        assertThat(lease).as("lease of the free lock %s", name).isNotNull();
        return lease;
    }

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    static void pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = millis * 1_000_000; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** How many clients stand in line for a lock. */
    final long inLine(String name) {
        return redis().zcard(KeyLayout.of(name).line());
    }

    /** How often scripts were called so far. */
    final long calls() {
        return calls(redis());
    }

    static long calls(RedisClusterCommands<String, String> node) {
        String stats = node.info("commandstats");
        int at = stats.indexOf("cmdstat_evalsha:calls=");
        if (at < 0) {
            return 0;
        }
        int from = at + "cmdstat_evalsha:calls=".length();
        return Long.parseLong(stats.substring(from, stats.indexOf(',', from)));
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        admin.shutdown();
    }
}
