// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.testkit.PatientCalls;
import dev.holdfast.trials.process.LockWorker;
import dev.holdfast.trials.process.WorkerProcess;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/** Clients, processes and proxies on one etcd, and an operator. */
final class Stage implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String uri;
    private final Operator operator;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    Stage(String uri) {
        this.uri = uri;
        operator = new Operator(uri);
        operator.delete("");
    }

    Operator operator() {
        return operator;
    }

    String uri(String parameters) {
        return uri + "?" + PatientCalls.in(parameters);
    }

    Holdfast client(String parameters) {
        return opened(Holdfast.open(uri(parameters)));
    }

    Holdfast client() {
        return client("lease-time=10s");
    }

    Holdfast clientBehind(FaultProxy proxy, String parameters) {
        return opened(Holdfast.open("etcd://127.0.0.1:" + proxy.port() + "?" + PatientCalls.in(parameters)));
    }

    Holdfast clientBehind(FaultProxy proxy, CallGate gate, LockOptions options) {
        EtcdBackend backend = through(gate, "etcd://127.0.0.1:" + proxy.port());
        return opened(Holdfast.builder().backend(backend).options(options).open());
    }

    /** What a client asks, without the client. */
    EtcdBackend backendBehind(CallGate gate, BackendEvents events) {
        EtcdBackend backend = through(gate, uri);
        backend.open(events, PATIENCE);
        return opened(backend);
    }

    private static EtcdBackend through(CallGate gate, String uri) {
        return new EtcdBackend(EtcdOptions.of(BackendUri.parse(uri)), UnaryOperator.identity(), List.of(gate));
    }

    CallGate gate() {
        return opened(new CallGate());
    }

    FaultProxy proxy(InetSocketAddress server) {
        return opened(FaultProxy.start(server, FrameCounter::chunks));
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

    /** A lease that has been kept for some time. Another one, if the machine stood still for longer than it lasts. */
    static Lease takeAndKeep(Holdfast client, String name, long millis) {
        Lease lease = take(client, name);
        pause(millis);
        for (int tries = 1; tries < 5 && !lease.isHeld(); tries++) {
            lease = take(client, name);
            pause(millis);
        }
        assertThat(lease.isHeld()).as("renewed").isTrue();
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

    /** The keys about a lock, those of its holder and of all who wait. */
    List<String> keysOf(String name) {
        return operator.keys(Names.prefix(name)).stream().map(key -> key.key()).toList();
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        operator.close();
    }
}
