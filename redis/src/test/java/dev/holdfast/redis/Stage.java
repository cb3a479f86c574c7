// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.process.LockWorker;
import dev.holdfast.testkit.process.WorkerProcess;
import dev.holdfast.testkit.proxy.FaultProxy;
import dev.holdfast.testkit.proxy.FrameCounter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
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

/** Clients, processes and proxies on one Redis, and a connection of an operator. */
final class Stage implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final InetSocketAddress address;
    private final RedisClient admin;
    private final RedisCommands<String, String> redis;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    Stage(InetSocketAddress address) {
        this.address = address;
        admin = RedisClient.create("redis://" + address.getHostString() + ":" + address.getPort());
        redis = admin.connect().sync();
        redis.flushall();
    }

    RedisCommands<String, String> redis() {
        return redis;
    }

    String uri(String parameters) {
        return "redis://127.0.0.1:" + address.getPort() + "?" + parameters;
    }

    Holdfast client(String parameters) {
        return opened(Holdfast.open(uri(parameters)));
    }

    Holdfast client() {
        return client("lease-time=10s");
    }

    Holdfast clientBehind(FaultProxy proxy, String parameters) {
        return opened(Holdfast.open("redis://127.0.0.1:" + proxy.port() + "?" + parameters));
    }

    FaultProxy proxy() {
        return opened(FaultProxy.start(address, FrameCounter::resp));
    }

    /** Several at the same time, because each takes a second to start. */
    List<WorkerProcess> processes(int count, String parameters) throws Exception {
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

    WorkerProcess process(String parameters) throws IOException {
        return opened(LockWorker.start(uri(parameters)));
    }

    private <T extends AutoCloseable> T opened(T resource) {
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
    long inLine(String name) {
        return redis.zcard(KeyLayout.of(name).line());
    }

    /** How often scripts were called so far. */
    long calls() {
        String stats = redis.info("commandstats");
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
