// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.testkit.servers.ZooKeeperEnsemble;
import dev.holdfast.trials.loopback.LoopbackPorts;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import dev.holdfast.trials.torture.Torture;
import dev.holdfast.trials.torture.TortureReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that are stopped and killed at random, while one server at a time is killed, stopped, or cut off from the others or from the clients,
 * the leader most of the time, and nodes of locks are removed as soon as nobody is there. {@code -Dholdfast.torture.seconds=300} makes it longer.
 */
final class ZooKeeperTortureTest {
    private static final Map<String, FaultProxy> PEERS = new ConcurrentHashMap<>();

    @RegisterExtension
    static final ZooKeeperEnsemble zookeeper = ZooKeeperEnsemble.startVia(
            (from, to, port) -> PEERS.computeIfAbsent(
                            from + ">" + to,
                            pair -> FaultProxy.start(LoopbackPorts.address(port), FrameCounter::chunks))
                    .port(),
            Stream.concat(Stream.of(ZooKeeperFixture.SETTINGS), Stream.of("-Dznode.container.checkIntervalMs=500"))
                    .toArray(String[]::new));

    /** Before each server, on the way of the clients. */
    private static List<FaultProxy> doors = List.of();

    @TempDir
    Path work;

    private enum Fault {
        STOP,
        KILL,
        CUT_OFF_FROM_SERVERS,
        CUT_OFF_FROM_CLIENTS;

        void happenTo(ServerNode victim, long millis) {
            int member = zookeeper.nodes().indexOf(victim);
            switch (this) {
                case STOP -> {
                    victim.pause();
                    Stage.pause(millis);
                    victim.resume();
                }
                case KILL -> {
                    victim.kill();
                    Stage.pause(millis);
                    victim.restart();
                }
                case CUT_OFF_FROM_SERVERS ->
                    blackHole(
                            PEERS.entrySet().stream()
                                    .filter(link -> link.getKey().startsWith(member + ">")
                                            || link.getKey().endsWith(">" + member))
                                    .map(Map.Entry::getValue)
                                    .toList(),
                            millis);
                case CUT_OFF_FROM_CLIENTS -> blackHole(List.of(doors.get(member)), millis);
            }
        }
    }

    @BeforeAll
    static void openDoors() {
        doors = zookeeper.nodes().stream()
                .map(node -> FaultProxy.start(node.socketAddress(), FrameCounter::chunks))
                .toList();
    }

    @AfterAll
    static void closeProxies() {
        doors.forEach(FaultProxy::close);
        PEERS.values().forEach(FaultProxy::close);
    }

    @Test
    void serversKilledStoppedAndCutOffAtRandom_letNobodyOverlapAndLeaveNothing() throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("holdfast.torture.seconds", 15));
        long seed = new Random().nextLong();
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Map<Fault, Integer>> faults =
                CompletableFuture.supplyAsync(() -> torture(over, new Random(seed)), task -> new Thread(task).start());
        String addresses =
                doors.stream().map(door -> "127.0.0.1:" + door.port()).collect(Collectors.joining(","));
        TortureReport report;
        try {
            report = Torture.of("zookeeper://" + addresses + "?lease-time=2s&tick=200ms", work, time, seed)
                    .run();
        } finally {
            over.set(true);
        }
        System.out.println(report);
        System.out.println("faults of servers: " + faults.get());
        assertThat(faults.get()).as("faults of servers").containsOnlyKeys(Fault.values());
        assertThat(report.main().verdict().isGood()).as("%s", report).isTrue();
        assertThat(report.main().verdict().holds()).as("holds").isGreaterThan(50);
        assertThat(report.stuck()).isEmpty();
        try (Operator operator = new Operator(zookeeper.uri().substring("zookeeper://".length()))) {
            Awaitility.await()
                    .atMost(Stage.PATIENCE)
                    .untilAsserted(() -> assertThat(operator.children("/holdfast"))
                            .as("nodes of locks")
                            .isEmpty());
        }
    }

    /** Each kind of fault comes first once, and hits the leader if there is one. */
    private static Map<Fault, Integer> torture(AtomicBoolean over, Random random) {
        Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
        Fault[] kinds = Fault.values();
        for (int i = 0; !over.get() || i < kinds.length; i++) {
            Stage.pause(500 + random.nextInt(1_500));
            boolean first = i < kinds.length;
            Fault fault = kinds[first ? i : random.nextInt(kinds.length)];
            fault.happenTo(victim(random, first), 200L + random.nextInt(first ? 1_500 : 3_000));
            faults.merge(fault, 1, Integer::sum);
            awaitAll(over);
        }
        return faults;
    }

    /** One fault at a time is what three servers survive. */
    private static void awaitAll(AtomicBoolean over) {
        while (!over.get() && !zookeeper.nodes().stream().allMatch(ZooKeeperTortureTest::serves)) {
            Stage.pause(100);
        }
    }

    private static boolean serves(ServerNode node) {
        try {
            return !Stage.mode(node).equals("none");
        } catch (java.io.UncheckedIOException e) {
            return false;
        }
    }

    /** The leader in two of three cases; asking who it is may fail while there is none. */
    private static ServerNode victim(Random random, boolean leader) {
        List<ServerNode> nodes = zookeeper.nodes();
        if (leader || random.nextInt(3) < 2) {
            for (ServerNode node : nodes) {
                try {
                    if (Stage.mode(node).equals("leader")) {
                        return node;
                    }
                } catch (java.io.UncheckedIOException e) {
                    // It is busy with an election.
                }
            }
        }
        return nodes.get(random.nextInt(nodes.size()));
    }

    private static void blackHole(List<FaultProxy> ways, long millis) {
        ways.forEach(way -> {
            way.requests().blackHole();
            way.replies().blackHole();
        });
        Stage.pause(millis);
        ways.forEach(FaultProxy::heal);
    }
}
