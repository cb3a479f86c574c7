// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.servers.MemcachedServer;
import dev.holdfast.trials.history.LockVerdict;
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
 * Processes that are stopped and killed, on a server that is killed and started again without its data: two holders at once are what tier E allows then. Tokens
 * rise all the same, and the resource that checks them accepts no stale write. {@code -Dholdfast.torture.seconds=300} makes it longer.
 */
final class RestartTortureTest {
    @RegisterExtension
    static final MemcachedServer memcached = MemcachedServer.start(MemcachedFixture.KEEPS);

    @TempDir
    Path work;

    @Test
    void serverThatForgetsEverything_mayLetTwoHoldersIn_butNoStaleWrite() throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("holdfast.torture.seconds", 8));
        long seed = new Random().nextLong();
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> restarts = CompletableFuture.supplyAsync(() -> restart(over, new Random(seed)));
        TortureReport report;
        try {
            report = Torture.of(memcached.uri() + "?lease-time=2s", work, time, seed)
                    .run();
        } finally {
            over.set(true);
        }
        System.out.println(report + "" + restarts.get() + " restarts");
        assertThat(restarts.get()).isPositive();
        assertThat(report.isValid()).as("the run proves something: %s", report).isTrue();
        for (LockVerdict lock : report.main().verdict().locks()) {
            assertThat(lock.staleUses().count()).as("stale writes: %s", report).isZero();
            assertThat(lock.tokenFalls().count())
                    .as("tokens fallen: %s", report)
                    .isZero();
            assertThat(lock.tokenRepeats().count())
                    .as("tokens repeated: %s", report)
                    .isZero();
        }
        assertThat(report.stuck()).isEmpty();
    }

    private static int restart(AtomicBoolean over, Random random) {
        int restarts = 0;
        while (!over.get()) {
            Stage.pause(1_500 + random.nextInt(1_500));
            memcached.kill();
            Stage.pause(random.nextInt(500));
            memcached.restartEmpty();
            restarts++;
        }
        return restarts;
    }
}
