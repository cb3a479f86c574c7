// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Tier;
import dev.holdfast.testkit.servers.RedisServer;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tier is L only where the server itself says that it forgets nothing. */
final class TierTest {
    @RegisterExtension
    static final RedisServer synced = RedisServer.start("--appendfsync", "always");

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(synced);
    }

    @AfterEach
    void close() throws Exception {
        stage.redis().configSet("appendfsync", "always");
        stage.redis().configSet("no-appendfsync-on-rewrite", "no");
        stage.redis().configSet("maxmemory", "0");
        stage.redis().configSet("maxmemory-policy", "noeviction");
        stage.close();
    }

    @Test
    void serverThatSyncsEveryWrite_isL() {
        assertThat(stage.client("require=L").tier()).isEqualTo(Tier.L);
    }

    @ParameterizedTest
    @CsvSource({
        "appendfsync, everysec, E",
        "no-appendfsync-on-rewrite, yes, E",
        "maxmemory-policy, volatile-lru, E",
        "maxmemory-policy, volatile-lfu, E",
        "maxmemory-policy, volatile-random, E",
        "maxmemory-policy, volatile-ttl, E",
        "maxmemory-policy, allkeys-lru, E",
        "maxmemory-policy, allkeys-lfu, E",
        "maxmemory-policy, allkeys-random, E",
        "maxmemory-policy, noeviction, L",
    })
    void serverThatMayForget_isOfTheTierThatSaysSo(String parameter, String value, Tier tier) {
        stage.redis().configSet("maxmemory", "100mb");
        stage.redis().configSet(parameter, value);
        assertThat(stage.client().tier()).isEqualTo(tier);
        if (tier == Tier.E) {
            assertThatThrownBy(() -> Holdfast.open(stage.uri("require=L"))).hasMessageContaining("L");
            assertThat(stage.client("require=L&assume=durable").tier()).isEqualTo(Tier.L);
        }
    }

    /** Its memory has no limit, so nothing is ever evicted. */
    @Test
    void policyThatEvicts_withoutALimitOfMemory_isL() {
        stage.redis().configSet("maxmemory-policy", "allkeys-lru");
        assertThat(stage.client().tier()).isEqualTo(Tier.L);
    }

    @Test
    void replicaThatCouldTakeOver_isE() {
        try (RedisServer replica = RedisServer.start("--replicaof", "127.0.0.1 " + synced.port())) {
            await().atMost(Stage.PATIENCE)
                    .until(() -> stage.redis().info("replication").contains("connected_slaves:1"));
            assertThat(stage.client().tier()).isEqualTo(Tier.E);
            assertThat(replica.port()).isPositive();
        }
        await().atMost(Stage.PATIENCE)
                .until(() -> stage.redis().info("replication").contains("connected_slaves:0"));
    }

    /** What may not be asked for is not assumed; locks work all the same. */
    @Test
    void userWhoMayNotAskForTheConfiguration_isServedAndOfTierE() {
        stage.redis()
                .aclSetuser(
                        "poor",
                        AclSetuserArgs.Builder.on()
                                .addPassword("secret")
                                .allKeys()
                                .allChannels()
                                .allCommands()
                                .removeCommand(CommandType.CONFIG));
        try (Holdfast client = Holdfast.open("redis://poor:secret@" + synced.address())) {
            assertThat(client.tier()).isEqualTo(Tier.E);
            Stage.take(client, "job").release();
        }
        stage.redis().aclDeluser("poor");
    }

    /** Providers rename it away, so that even an administrator cannot. */
    @Test
    void serverWithoutTheCommandForItsConfiguration_isServedAndOfTierE() {
        try (RedisServer renamed = RedisServer.start("--appendfsync", "always", "--rename-command", "CONFIG", "");
                Holdfast client = Holdfast.open(renamed.uri())) {
            assertThat(client.tier()).isEqualTo(Tier.E);
            Stage.take(client, "job").release();
        }
    }
}
