// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.servers.EtcdCluster;
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

/**
 * Processes that are stopped and killed at random on three members, of which the leader or another one is killed, or stopped for so short
 * a time that it finds no lease expired: an old leader that was stopped for longer ends leases on the versions that the page about
 * etcd names. {@code -Dholdfast.torture.seconds=60} makes it longer.
 */
final class EtcdTortureTest {
    @RegisterExtension
    static final EtcdCluster etcd = EtcdCluster.start(EtcdFixture.CALM);

    @TempDir
    Path work;

    @Test
    void processesAndMembers_stoppedAndKilledAtRandom_letNobodyOverlap() throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("holdfast.torture.seconds", 12));
        long seed = new Random().nextLong();
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> faults = CompletableFuture.supplyAsync(() -> tortureMembers(over, new Random(seed)));
        TortureReport report;
        try {
            report = Torture.of(etcd.uri() + "?lease-time=3s", work, time, seed).run();
        } finally {
            over.set(true);
        }
        System.out.println(report);
        assertThat(faults.get()).as("faults of members").isPositive();
        assertThat(report.main().verdict().isGood()).as("%s", report).isTrue();
        assertThat(report.main().verdict().holds()).as("holds").isGreaterThan(20);
    }

    private static int tortureMembers(AtomicBoolean over, Random random) {
        int faults = 0;
        while (!over.get()) {
            Stage.pause(1_000 + random.nextInt(1_500));
            ServerNode node = random.nextBoolean()
                    ? LeaderFaultsTest.leaderOf(etcd)
                    : etcd.nodes().get(random.nextInt(3));
            if (random.nextInt(3) == 0) {
                node.kill();
                Stage.pause(random.nextInt(1_500));
                node.restart();
            } else {
                node.pause();
                Stage.pause(100 + random.nextInt(900));
                node.resume();
            }
            faults++;
        }
        return faults;
    }
}
