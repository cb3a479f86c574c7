// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.loopback.LoopbackPorts;
import dev.holdfast.testkit.proxy.FaultProxy;
import dev.holdfast.testkit.proxy.FrameCounter;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.testkit.servers.ZooKeeperEnsemble;
import dev.holdfast.testkit.torture.Torture;
import dev.holdfast.testkit.torture.TortureReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that are stopped and killed at random, while one server at a time is killed, stopped or cut off from the others, the leader most of
 * the time. {@code -Dholdfast.torture.seconds=60} makes it longer.
 */
final class ZooKeeperTortureTest {
    private static final Map<String, FaultProxy> PEERS = new ConcurrentHashMap<>();

    @RegisterExtension
    static final ZooKeeperEnsemble zookeeper = ZooKeeperEnsemble.startVia(
            (from, to, port) -> PEERS.computeIfAbsent(
                            from + ">" + to,
                            pair -> FaultProxy.start(LoopbackPorts.address(port), FrameCounter::chunks))
                    .port(),
            ZooKeeperFixture.SETTINGS);

    @TempDir
    Path work;

    @AfterAll
    static void closeProxies() {
        PEERS.values().forEach(FaultProxy::close);
    }

    @Test
    void serversKilledStoppedAndCutOffAtRandom_letNobodyOverlap() throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("holdfast.torture.seconds", 12));
        long seed = new Random().nextLong();
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> faults =
                CompletableFuture.supplyAsync(() -> torture(over, new Random(seed)), task -> new Thread(task).start());
        TortureReport report;
        try {
            report = Torture.of(zookeeper.uri() + "?lease-time=2s&tick=200ms", work, time, seed)
                    .run();
        } finally {
            over.set(true);
        }
        System.out.println(report);
        System.out.println("faults of servers: " + faults.get());
        assertThat(faults.get()).as("faults of servers").isPositive();
        assertThat(report.main().verdict().isGood()).as("%s", report).isTrue();
        assertThat(report.main().verdict().holds()).as("holds").isGreaterThan(50);
    }

    private static int torture(AtomicBoolean over, Random random) {
        int faults = 0;
        while (!over.get()) {
            Stage.pause(500 + random.nextInt(1_500));
            ServerNode victim = victim(random);
            long millis = 200L + random.nextInt(3_000);
            switch (random.nextInt(3)) {
                case 0 -> {
                    victim.pause();
                    Stage.pause(millis);
                    victim.resume();
                }
                case 1 -> {
                    victim.kill();
                    Stage.pause(millis);
                    victim.restart();
                }
                default -> cutOff(zookeeper.nodes().indexOf(victim), millis);
            }
            faults++;
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
    private static ServerNode victim(Random random) {
        List<ServerNode> nodes = zookeeper.nodes();
        if (random.nextInt(3) < 2) {
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

    private static void cutOff(int member, long millis) {
        List<FaultProxy> links = PEERS.entrySet().stream()
                .filter(link ->
                        link.getKey().startsWith(member + ">") || link.getKey().endsWith(">" + member))
                .map(Map.Entry::getValue)
                .toList();
        links.forEach(link -> {
            link.requests().blackHole();
            link.replies().blackHole();
        });
        Stage.pause(millis);
        links.forEach(FaultProxy::heal);
    }
}
