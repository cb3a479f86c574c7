// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.servers.RedisServer;
import dev.holdfast.trials.torture.Torture;
import dev.holdfast.trials.torture.TortureReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are stopped and killed at random. {@code -Dholdfast.torture.seconds=60} makes it longer. */
final class RedisTortureTest {
    @RegisterExtension
    static final RedisServer redis = RedisServer.start();

    @TempDir
    Path work;

    @Test
    void processes_stoppedAndKilledAtRandom_excludeEachOtherAndAreFenced() throws Exception {
        Duration time = Duration.ofSeconds(Integer.getInteger("holdfast.torture.seconds", 10));
        TortureReport report = Torture.of(redis.uri() + "?lease-time=1s", work, time, new Random().nextLong())
                .run();
        System.out.println(report);
        assertThat(report.isValid()).as("the run proves something: %s", report).isTrue();
        assertThat(report.isGood()).as("every promise was kept: %s", report).isTrue();
    }
}
