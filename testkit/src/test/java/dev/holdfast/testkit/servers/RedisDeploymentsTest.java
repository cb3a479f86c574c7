// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RedisDeploymentsTest {
    @RegisterExtension
    static final RedisCluster cluster = RedisCluster.start();

    @RegisterExtension
    static final RedisSentinel sentinel = RedisSentinel.start();

    @RegisterExtension
    static final RedisNodes nodes = RedisNodes.start();

    @Test
    void cluster_servesAllSlotsWithThreeMastersAndTheirReplicas() throws IOException {
        assertThat(cluster.nodes()).hasSize(6);
        assertThat(cluster.uri()).startsWith("redis-cluster://127.0.0.1:").contains(",");
        String info = RedisWire.ask(cluster.nodes().get(5).port(), "CLUSTER", "INFO");
        assertThat(info).contains("cluster_slots_ok:16384").contains("cluster_size:3");
        for (int i = 0; i < 3; i++) {
            assertThat(RedisWire.ask(cluster.nodes().get(i).port(), "ROLE")).startsWith("master");
            assertThat(RedisWire.ask(cluster.nodes().get(i + 3).port(), "ROLE"))
                    .startsWith("slave\n127.0.0.1\n" + cluster.nodes().get(i).port());
        }
        String keyOfTheLastSlots = "a"; // slot 15495
        assertThat(RedisWire.ask(cluster.nodes().get(2).port(), "SET", keyOfTheLastSlots, "1"))
                .isEqualTo("OK");
    }

    @Test
    void sentinel_masterDies_replicaTakesOver() throws IOException {
        assertThat(sentinel.uri()).startsWith("redis-sentinel://127.0.0.1:").endsWith("/mymaster");
        assertThat(masterPort()).isEqualTo(sentinel.firstMaster().port());
        sentinel.firstMaster().kill();
        assertThat(Waiting.until(() -> masterPort() == sentinel.firstReplica().port(), Waiting.PATIENCE))
                .isTrue();
        sentinel.firstMaster().restart();
    }

    @Test
    void nodes_areFiveThatKnowNothingOfEachOther() throws IOException {
        Set<String> runs = new HashSet<>();
        for (ServerNode node : nodes.nodes()) {
            assertThat(RedisWire.ask(node.port(), "ROLE")).startsWith("master");
            runs.add(RedisWire.ask(node.port(), "INFO", "server"));
        }
        assertThat(runs).hasSize(5);
        assertThat(nodes.uri()).startsWith("redlock://127.0.0.1:");
    }

    private static int masterPort() throws IOException {
        String address = RedisWire.ask(
                sentinel.sentinels().get(0).port(), "SENTINEL", "GET-MASTER-ADDR-BY-NAME", RedisSentinel.MASTER_NAME);
        return Integer.parseInt(address.lines().skip(1).findFirst().orElseThrow());
    }
}
