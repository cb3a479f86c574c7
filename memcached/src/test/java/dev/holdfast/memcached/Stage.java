// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.PatientCalls;
import dev.holdfast.testkit.servers.MemcachedServer;
import dev.holdfast.trials.process.LockWorker;
import dev.holdfast.trials.process.WorkerProcess;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import dev.holdfast.trials.proxy.FrameGate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Clients, processes and proxies on one memcached, and an operator. */
final class Stage implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String uri;
    private final Operator operator;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    Stage(MemcachedServer server) {
        uri = server.uri();
        operator = new Operator(server.socketAddress());
        operator.flush();
    }

    Operator operator() {
        return operator;
    }

    private String uri(String parameters) {
        return uri + "?" + PatientCalls.in(parameters);
    }

    Holdfast client(String parameters) {
        return opened(Holdfast.open(uri(parameters)));
    }

    Holdfast client() {
        return client("lease-time=10s");
    }

    Holdfast clientBehind(FaultProxy proxy, String parameters) {
        return clientAt(proxy.port(), parameters);
    }

    Holdfast clientAt(int port, String parameters) {
        return opened(Holdfast.open("memcached://127.0.0.1:" + port + "?" + PatientCalls.in(parameters)));
    }

    FaultProxy proxy(InetSocketAddress server) {
        return opened(FaultProxy.start(server, FrameCounter::lines));
    }

    FrameGate gate() {
        return opened(MemcachedDialogue.gate());
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

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
