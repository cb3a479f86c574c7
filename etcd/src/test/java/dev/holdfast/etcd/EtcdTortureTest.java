// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.servers.EtcdCluster;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.trials.loopback.LoopbackPorts;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import dev.holdfast.trials.torture.Torture;
import dev.holdfast.trials.torture.TortureReport;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that are stopped and killed at random, while one of three members at a time, mostly the leader, is killed, stopped or cut off.
 * Stopped for so short a time that it finds no lease expired: an old leader that was stopped for longer ends leases on the versions that the page about
 * etcd names. {@code -Dholdfast.torture.seconds=300} makes it longer.
 */
final class EtcdTortureTest {
    /** Before each member, on the way of the others. */
    private static final Map<Integer, FaultProxy> PEERS = new ConcurrentSkipListMap<>();

    @RegisterExtension
    static final EtcdCluster etcd = EtcdCluster.startVia(
            (member, port) -> {
                FaultProxy way = proxy(LoopbackPorts.address(port));
                PEERS.put(member, way);
                return way.port();
            },
            EtcdFixture.CALM);

    /** Before each member, on the way of the clients. */
    private static List<FaultProxy> doors = List.of();

    @TempDir
    Path work;

    private enum Fault {
        KILL,
        STOP,
        /** What it says to the others vanishes: they elect another leader, and it cannot tell its clients anything new. */
        CUT_OFF_FROM_MEMBERS,
        CUT_OFF_FROM_CLIENTS;

        void happenTo(ServerNode node, Random random) {
            int member = etcd.nodes().indexOf(node);
            switch (this) {
                case KILL -> {
                    node.kill();
                    Stage.pause(random.nextInt(1_500));
                    node.restart();
                }
                case STOP -> {
                    node.pause();
                    Stage.pause(100 + random.nextInt(900));
                    node.resume();
                }
                case CUT_OFF_FROM_MEMBERS -> blackHole(PEERS.get(member), 200 + random.nextInt(2_500));
                case CUT_OFF_FROM_CLIENTS -> blackHole(doors.get(member), 200 + random.nextInt(3_500));
            }
        }
    }

    private static FaultProxy proxy(InetSocketAddress server) {
        return FaultProxy.start(server, FrameCounter::chunks);
    }

    private static void blackHole(FaultProxy way, int millis) {
        way.requests().blackHole();
        way.replies().blackHole();
        Stage.pause(millis);
        way.heal();
    }

    @BeforeAll
    static void openDoors() {
        doors = etcd.nodes().stream().map(node -> proxy(node.socketAddress())).toList();
    }

    @AfterAll
    static void closeProxies() {
        doors.forEach(FaultProxy::close);
        PEERS.values().forEach(FaultProxy::close);
    }

    @Test
    void membersKilledStoppedAndCutOffAtRandom_letNobodyOverlapAndLeaveNothing() throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("holdfast.torture.seconds", 15));
        long seed = new Random().nextLong();
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Map<Fault, Integer>> faults = CompletableFuture.supplyAsync(
                () -> tortureMembers(over, new Random(seed)), task -> new Thread(task).start());
        String addresses =
                doors.stream().map(door -> "127.0.0.1:" + door.port()).collect(Collectors.joining(","));
        TortureReport report;
        try {
            report = Torture.of("etcd://" + addresses + "?lease-time=3s", work, time, seed)
                    .run();
        } finally {
            over.set(true);
        }
        System.out.println(report);
        System.out.println("faults of members: " + faults.get());
        assertThat(faults.get()).as("faults of members").containsOnlyKeys(Fault.values());
        assertThat(report.main().verdict().isGood()).as("%s", report).isTrue();
        assertThat(report.main().verdict().holds()).as("holds").isGreaterThan(20);
        assertThat(report.stuck()).isEmpty();
        assertThatNothingIsLeft();
    }

    /** What killed processes had ends with their leases. */
    private static void assertThatNothingIsLeft() {
        try (Operator operator = new Operator(etcd.uri())) {
            Awaitility.await()
                    .atMost(Stage.PATIENCE)
                    .untilAsserted(() -> assertThat(operator.keys("")).isEmpty());
            Awaitility.await()
                    .atMost(Stage.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(Gateway.post(etcd.nodes().get(0).address(), "lease/leases", "{}"))
                                    .doesNotContain("leases"));
        }
    }

    /** Each kind of fault comes first once, and hits the leader. */
    private static Map<Fault, Integer> tortureMembers(AtomicBoolean over, Random random) {
        Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
        Fault[] kinds = Fault.values();
        for (int i = 0; !over.get() || i < kinds.length; i++) {
            Stage.pause(700 + random.nextInt(1_500));
            Fault fault = kinds[i < kinds.length ? i : random.nextInt(kinds.length)];
            ServerNode victim = i < kinds.length || random.nextBoolean()
                    ? LeaderFaultsTest.leaderOf(etcd)
                    : etcd.nodes().get(random.nextInt(3));
            fault.happenTo(victim, random);
            faults.merge(fault, 1, Integer::sum);
        }
        return faults;
    }
}
