// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.PatientCalls;
import dev.holdfast.testkit.servers.ServerGroup;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.awaitility.Awaitility;

/** Clients and proxies on ZooKeeper under a path of their own, and an operator. */
final class Stage implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final AtomicInteger PATHS = new AtomicInteger();

    private final String servers;
    private final String path = "/stage" + PATHS.incrementAndGet();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Operator operator;

    Stage(ServerGroup group) {
        this(group.uri().substring("zookeeper://".length()));
    }

    /** As the client wants them, separated by commas. */
    Stage(String servers) {
        this.servers = servers;
        operator = new Operator(servers);
    }

    String path() {
        return path;
    }

    String servers() {
        return servers;
    }

    Operator operator() {
        return operator;
    }

    /** What everybody may do with a lock's node. */
    void allow(String lock, int permissions) {
        // The client looks for null in it, which a list of List.of does not allow.
        List<ACL> everybody = Collections.singletonList(new ACL(permissions, ZooDefs.Ids.ANYONE_ID_UNSAFE));
        operator.ask(session -> session.setACL(path + "/" + lock, everybody, -1));
    }

    String uri(String addresses, String parameters) {
        return "zookeeper://" + addresses + path + "?tick=200ms&" + PatientCalls.in(parameters);
    }

    Holdfast client(String parameters) {
        return clientAt(servers, parameters);
    }

    Holdfast clientAt(String addresses, String parameters) {
        return opened(Holdfast.open(uri(addresses, parameters)));
    }

    FaultProxy proxy(InetSocketAddress server) {
        return opened(FaultProxy.start(server, FrameCounter::lengthPrefixed));
    }

    <T extends AutoCloseable> T opened(T resource) {
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

    /** When the loss of a lease is told. */
    static CompletableFuture<Long> lost(Lease lease) {
        CompletableFuture<Long> lost = new CompletableFuture<>();
        lease.whenLost().thenAccept(why -> lost.complete(System.nanoTime()));
        return lost;
    }

    /** When a lock is granted, of which the lease is kept. */
    static CompletableFuture<Long> granted(Holdfast client, String name) {
        return client.lock(name).acquireAsync().thenApply(lease -> System.nanoTime());
    }

    static void pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = millis * 1_000_000; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** All nodes that hold or wait for a lock. */
    java.util.Set<String> contenders() {
        return operator.contenders(path);
    }

    void awaitContenders(int number) {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(contenders()).hasSize(number));
    }

    /** What a server says of itself: leader, follower or standalone. */
    static String mode(ServerNode node) {
        try (Socket socket = new Socket()) {
            socket.connect(node.socketAddress(), 2_000);
            socket.setSoTimeout(2_000);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            int at = answer.indexOf("Mode: ");
            return at < 0
                    ? "none"
                    : answer.substring(at + 6).lines().findFirst().orElse("none");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ServerNode leader(ServerGroup group) {
        return one(group, "leader");
    }

    static ServerNode follower(ServerGroup group) {
        return one(group, "follower");
    }

    private static ServerNode one(ServerGroup group, String mode) {
        return group.nodes().stream()
                .filter(ServerNode::isRunning)
                .filter(node -> mode(node).equals(mode))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + mode));
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        operator.deleteAll(path);
        operator.close();
    }
}
