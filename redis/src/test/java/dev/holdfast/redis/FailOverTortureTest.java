// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.servers.RedisCluster;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.trials.torture.Torture;
import dev.holdfast.trials.torture.TortureReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that are stopped and killed, and masters that are stopped or killed until their replicas take over. {@code
 * -Dholdfast.torture.seconds=300} makes it longer.
 *
 * <p>A grant that the replica has, too, outlives its master ({@code replicas=1}). Renewals are not waited for; they have reached the replica
 * before a lease of 2 s ends, because it takes longer until it may take over.
 */
final class FailOverTortureTest {
    /** The masters that are well go on serving while another one has no successor yet. */
    @RegisterExtension
    static final RedisCluster cluster = RedisCluster.start(
            "--cluster-node-timeout",
            "2000",
            "--cluster-allow-replica-migration",
            "no",
            "--cluster-require-full-coverage",
            "no");

    private static final String REPLICATED = "&replicas=1";

    @TempDir
    Path work;

    @Test
    void mastersFollowedByTheirReplicas_letNobodyOverlapAndCostNoOtherMastersLocks() throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("holdfast.torture.seconds", 12));
        long seed = new Random().nextLong();
        AtomicBoolean over = new AtomicBoolean();
        try (Operator operator = new Operator();
                SteadyLocks steady = new SteadyLocks(cluster, REPLICATED)) {
            await("locks on all masters").atMost(Stage.PATIENCE).until(() -> steady.held() == SteadyLocks.COUNT);
            CompletableFuture<Void> faults =
                    CompletableFuture.runAsync(() -> operator.failOver(steady, over, new Random(seed)));
            TortureReport report;
            try {
                report = Torture.of(cluster.uri() + "?lease-time=2s" + REPLICATED, work, time, seed)
                        .run();
            } finally {
                over.set(true);
                faults.join();
            }
            System.out.println(report + "" + steady + ", " + operator.failOvers + " fail-overs");
            assertThat(report.isGood()).as("%s", report).isTrue();
            assertThat(report.main().verdict().holds()).as("holds").isGreaterThan(time.toSeconds());
            assertThat(operator.failOvers).as("fail-overs").isPositive();
            assertThat(steady.unexplained())
                    .as("losses on masters that were well")
                    .isEmpty();
            await("all locks again").atMost(Stage.PATIENCE).until(() -> steady.held() == SteadyLocks.COUNT);
        }
    }

    /** Sees who is the master, and what has become of the others. */
    private static final class Operator implements AutoCloseable {
        private final Stage stage = new Stage(cluster.uri());
        private int failOvers;

        private String replication(int node) {
            return stage.on(cluster.nodes().get(node), redis -> redis.info("replication"));
        }

        private boolean isMaster(int node) {
            return replication(node).contains("role:master");
        }

        private void failOver(SteadyLocks steady, AtomicBoolean over, Random random) {
            while (!over.get()) {
                int shard = random.nextInt(3);
                int master = isMaster(shard) ? shard : shard + 3;
                int replica = master == shard ? shard + 3 : shard;
                boolean kills = random.nextBoolean();
                steady.during(master, () -> {
                    fail(master, replica, kills);
                    failOvers++;
                });
                Stage.pause(500 + random.nextInt(1_000));
            }
        }

        private void fail(int master, int replica, boolean kills) {
            ServerNode node = cluster.nodes().get(master);
            if (kills) {
                node.kill();
            } else {
                node.pause();
            }
            until("the replica takes over", () -> isMaster(replica));
            if (kills) {
                node.restart();
            } else {
                node.resume();
            }
            until("the old master follows", () -> replication(master).contains("master_link_status:up"));
        }

        private static void until(String what, java.util.concurrent.Callable<Boolean> condition) {
            await(what).atMost(Duration.ofSeconds(60)).ignoreExceptions().until(condition);
        }

        @Override
        public void close() throws Exception {
            stage.close();
        }
    }
}
