// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.RedisSentinel;
import dev.holdfast.testkit.servers.RedisServer;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A master that sentinels watch: it ends, stands still or comes back, and others take over. Each test has servers of its own. */
final class SentinelFaultsTest {
    /** Leaves the class out where Redis is left out. */
    @RegisterExtension
    static final RedisServer present = RedisServer.start();

    private static final Duration FAIL_OVER = Duration.ofSeconds(60);

    @Test
    void killedMaster_isReplacedAndEverybodyCanLockAgain() throws Exception {
        try (RedisSentinel redis = RedisSentinel.start();
                Stage stage = new Stage(redis)) {
            Holdfast one = stage.client("lease-time=2s");
            Holdfast other = stage.client("lease-time=2s");
            Lease held = Stage.take(one, "job");
            redis.firstMaster().kill();
            Lease next = other.lock("job").acquire(FAIL_OVER);
            assertThat(held.isHeld() && next.isHeld()).isFalse();
            assertThat(next.token()).isGreaterThan(held.token());
            next.release();
            one.lock("job").acquire(Stage.PATIENCE).release();
        }
    }

    @Test
    void stoppedMaster_thatComesBackAsAReplica_isLeft() throws Exception {
        try (RedisSentinel redis = RedisSentinel.start();
                Stage stage = new Stage(redis)) {
            Holdfast one = stage.client("lease-time=2s");
            Holdfast other = stage.client("lease-time=10s");
            Lease held = Stage.take(one, "job");
            redis.firstMaster().pause();
            Lease next = other.lock("job").acquire(FAIL_OVER);
            assertThat(held.isHeld()).isFalse();
            // They ask the old master every ten seconds who it is, and wait for four rounds of gossip, which are two
            // seconds apart.
            redis.sentinels().forEach(sentinel -> looksOften(stage.at(sentinel)));
            redis.firstMaster().resume();
            await("the old master is a replica")
                    .atMost(FAIL_OVER)
                    .ignoreExceptions()
                    .until(() ->
                            stage.at(redis.firstMaster()).info("replication").contains("role:slave"));
            assertThat(next.isHeld()).isTrue();
            assertThat(one.lock("job").tryAcquire()).isNull();
            next.release();
            one.lock("job").acquire(Stage.PATIENCE).release();
        }
    }

    private static void looksOften(RedisCommands<String, String> sentinel) {
        CommandArgs<String, String> words = new CommandArgs<>(StringCodec.UTF8)
                .add("DEBUG")
                .add("info-period")
                .add("500")
                .add("publish-period")
                .add("200");
        sentinel.dispatch(CommandType.SENTINEL, new StatusOutput<>(StringCodec.UTF8), words);
    }

    @Test
    void stoppedReplica_delaysNobodyUnlessReplicasAreAskedFor() throws Exception {
        try (RedisSentinel redis = RedisSentinel.start();
                Stage stage = new Stage(redis)) {
            Holdfast client = stage.client();
            Holdfast careful = stage.client("lease-time=10s&replicas=1");
            await("the replica has it").atMost(FAIL_OVER).ignoreExceptions().until(() -> {
                Stage.take(careful, "warm").release();
                return true;
            });
            redis.firstReplica().pause();
            try {
                long before = System.nanoTime();
                Stage.take(client, "job").release();
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
                long began = System.nanoTime();
                assertThatThrownBy(() -> careful.lock("job").tryAcquire(Duration.ofSeconds(1)))
                        .isInstanceOf(BackendException.class)
                        .hasMessageContaining("replicas");
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(2_500));
            } finally {
                redis.firstReplica().resume();
            }
            Stage.take(client, "job").release();
        }
    }

    @Test
    void nameOfTheMaster_unknown_isSaid() throws Exception {
        try (RedisSentinel redis = RedisSentinel.start()) {
            String wrong = redis.uri().replace("/" + RedisSentinel.MASTER_NAME, "/nobody");
            assertThatThrownBy(() -> Holdfast.open(wrong))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("nobody");
            assertThatThrownBy(() ->
                            Holdfast.open("redis://" + redis.sentinels().get(0).address()))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("sentinel");
        }
    }
}
