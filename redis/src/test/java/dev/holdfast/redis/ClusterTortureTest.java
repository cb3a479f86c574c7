// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.testkit.servers.RedisCluster;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.trials.torture.Torture;
import dev.holdfast.trials.torture.TortureReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processes and masters that are stopped at random. {@code -Dholdfast.torture.seconds=300} makes it longer. */
final class ClusterTortureTest {
    /** No replica takes over while its master stands still: see {@link FailOverTortureTest} for that. */
    @RegisterExtension
    static final RedisCluster cluster = RedisCluster.start("--cluster-node-timeout", "60000");

    @TempDir
    Path work;

    @Test
    void mastersStoppedAndResumedAtRandom_letNobodyOverlapAndCostNoOtherMastersLocks() throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("holdfast.torture.seconds", 12));
        long seed = new Random().nextLong();
        AtomicBoolean over = new AtomicBoolean();
        try (SteadyLocks steady = new SteadyLocks(cluster, "")) {
            await("locks on all masters").atMost(Stage.PATIENCE).until(() -> steady.held() == SteadyLocks.COUNT);
            CompletableFuture<Void> stops =
                    CompletableFuture.runAsync(() -> stopMasters(steady, over, new Random(seed)));
            TortureReport report;
            try {
                report = Torture.of(cluster.uri() + "?lease-time=2s", work, time, seed)
                        .run();
            } finally {
                over.set(true);
                stops.join();
            }
            System.out.println(report + "" + steady);
            assertThat(report.isGood()).as("%s", report).isTrue();
            assertThat(report.main().verdict().holds()).as("holds").isGreaterThan(time.toSeconds());
            assertThat(steady.faults()).as("stops of masters").isPositive();
            assertThat(steady.unexplained())
                    .as("losses on masters that were well")
                    .isEmpty();
            await("all locks again").atMost(Stage.PATIENCE).until(() -> steady.held() == SteadyLocks.COUNT);
        }
    }

    /** Otherwise the tortures could not fail for it. */
    @Test
    void aLossWithoutAFaultOfItsMaster_isSeen() {
        try (SteadyLocks steady = new SteadyLocks(cluster, "");
                Holdfast operator = Holdfast.open(cluster.uri())) {
            await("locks on all masters").atMost(Stage.PATIENCE).until(() -> steady.held() == SteadyLocks.COUNT);
            int shard = SteadyLocks.shardOf("steady-0");
            String elsewhere = IntStream.range(1, SteadyLocks.COUNT)
                    .mapToObj(i -> "steady-" + i)
                    .filter(name -> SteadyLocks.shardOf(name) != shard)
                    .findFirst()
                    .orElseThrow();
            steady.during(shard, () -> {
                operator.forceReleaseNow("steady-0");
                operator.forceReleaseNow(elsewhere);
                await("both are lost").atMost(Stage.PATIENCE).until(() -> steady.losses() == 2);
            });
            assertThat(steady.unexplained()).singleElement().asString().contains(elsewhere);
        }
    }

    private static void stopMasters(SteadyLocks steady, AtomicBoolean over, Random random) {
        while (!over.get()) {
            int index = random.nextInt(3);
            ServerNode node = cluster.nodes().get(index);
            Stage.pause(500 + random.nextInt(1_500));
            steady.during(index, () -> {
                node.pause();
                Stage.pause(200 + random.nextInt(3_000));
                node.resume();
            });
        }
    }
}
