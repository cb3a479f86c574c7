// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.testkit.servers.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** However a claim ends, the client forgets it. */
final class MemoryOfClaimsTest {
    @RegisterExtension
    static final RedisServer redis = RedisServer.start();

    @Test
    void claims_releasedTimedOutLostAndTaken_areForgotten() throws Exception {
        RedisBackend backend = RedisBackend.of(redis.uri());
        LockOptions options = LockOptions.defaults().withLeaseTime(Duration.ofSeconds(3));
        try (Stage stage = new Stage(redis);
                Holdfast client =
                        Holdfast.builder().backend(backend).options(options).open()) {
            Holdfast rival = stage.client("lease-time=30s");
            Lease busy = Stage.take(rival, "busy");
            List<Lease> held = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                held.add(Stage.take(client, "job-" + i));
            }
            assertThat(backend.expected()).isEqualTo(60);
            for (int i = 0; i < 20; i++) {
                held.get(i).release();
                stage.redis().del("job-" + (20 + i));
                rival.forceRelease("job-" + (40 + i));
                assertThat(client.lock("busy").tryAcquire(Duration.ofMillis(5))).isNull();
            }
            await("all are forgotten").atMost(Stage.PATIENCE).until(() -> backend.expected() == 0);
            assertThat(held).noneMatch(Lease::isHeld);
            busy.release();
        }
    }
}
