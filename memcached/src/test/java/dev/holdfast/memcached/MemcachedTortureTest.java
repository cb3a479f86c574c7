// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.servers.MemcachedServer;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
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
 * Processes that are stopped and killed, on a server that is stopped for moments, and whose connections are cut: as long as the server forgets nothing, nobody
 * overlaps. {@code -Dholdfast.torture.seconds=300} makes it longer.
 */
final class MemcachedTortureTest {
    @RegisterExtension
    static final MemcachedServer memcached = MemcachedServer.start(MemcachedFixture.KEEPS);

    @TempDir
    Path work;

    @Test
    void processesConnectionsAndTheServer_stoppedAndKilledAtRandom_letNobodyOverlap() throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("holdfast.torture.seconds", 8));
        long seed = new Random().nextLong();
        AtomicBoolean over = new AtomicBoolean();
        try (FaultProxy proxy = FaultProxy.start(memcached.socketAddress(), FrameCounter::lines)) {
            CompletableFuture<Integer> faults =
                    CompletableFuture.supplyAsync(() -> torture(proxy, over, new Random(seed)));
            TortureReport report;
            try {
                report = Torture.of("memcached://127.0.0.1:" + proxy.port() + "?lease-time=2s", work, time, seed)
                        .run();
            } finally {
                over.set(true);
            }
            System.out.println(report + "" + faults.get() + " faults of the server and its connections");
            assertThat(faults.get()).isPositive();
            assertThat(report.isValid())
                    .as("the run proves something: %s", report)
                    .isTrue();
            assertThat(report.isGood()).as("every promise was kept: %s", report).isTrue();
        }
    }

    private static int torture(FaultProxy proxy, AtomicBoolean over, Random random) {
        int faults = 0;
        while (!over.get()) {
            Stage.pause(200 + random.nextInt(800));
            if (random.nextInt(3) > 0) {
                proxy.reset();
            } else {
                memcached.pause();
                Stage.pause(100 + random.nextInt(1_500));
                memcached.resume();
            }
            faults++;
        }
        return faults;
    }
}
