// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.servers.RedisCluster;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.testkit.torture.Torture;
import dev.holdfast.testkit.torture.TortureReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processes and masters that are stopped at random. {@code -Dholdfast.torture.seconds=300} makes it longer. */
final class ClusterTortureTest {
    /** No replica takes over while its master stands still: a fail-over may lose a grant, which is what its tier says. */
    @RegisterExtension
    static final RedisCluster cluster = RedisCluster.start("--cluster-node-timeout", "60000");

    @TempDir
    Path work;

    @Test
    void mastersStoppedAndResumedAtRandom_letNobodyOverlap() throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("holdfast.torture.seconds", 20));
        long seed = new Random().nextLong();
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> stops = CompletableFuture.supplyAsync(() -> stopMasters(over, new Random(seed)));
        TortureReport report;
        try {
            report = Torture.of(cluster.uri() + "?lease-time=2s", work, time, seed)
                    .run();
        } finally {
            over.set(true);
        }
        System.out.println(report);
        assertThat(stops.get()).as("stops of masters").isPositive();
        assertThat(report.main().verdict().isGood()).as("%s", report).isTrue();
        assertThat(report.main().verdict().holds()).as("holds").isGreaterThan(100);
    }

    private static int stopMasters(AtomicBoolean over, Random random) {
        int stops = 0;
        while (!over.get()) {
            ServerNode node = cluster.nodes().get(random.nextInt(3));
            Stage.pause(500 + random.nextInt(1_500));
            node.pause();
            Stage.pause(200 + random.nextInt(3_000));
            node.resume();
            stops++;
        }
        return stops;
    }
}
