// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ZooKeeperTest {
    @RegisterExtension
    static final ZooKeeperServer zookeeper = ZooKeeperServer.start();

    @RegisterExtension
    static final ZooKeeperEnsemble ensemble = ZooKeeperEnsemble.start("tickTime=400");

    private static final int CONNECT_LENGTH = 45;

    @Test
    void server_opensSessionsOfTwoTicks() throws IOException {
        assertThat(zookeeper.uri()).isEqualTo("zookeeper://" + zookeeper.address());
        assertThat(Exchange.wholeAnswer(zookeeper.port(), "ruok")).isEqualTo("imok");
        assertThat(Exchange.wholeAnswer(zookeeper.port(), "mntr")).contains("zk_server_state\tstandalone");
        assertThat(sessionTimeout(zookeeper.node(), 1)).isEqualTo(1_000);
        zookeeper.kill();
        zookeeper.restart();
        assertThat(sessionTimeout(zookeeper.node(), 100_000)).isEqualTo(10_000);
    }

    @Test
    void ensemble_leaderDead_othersElectAnotherOne() throws IOException {
        ServerNode leader = ensemble.nodes().stream()
                .filter(ZooKeeperTest::leads)
                .findFirst()
                .orElseThrow();
        leader.kill();
        assertThat(Waiting.until(() -> ensemble.nodes().stream().anyMatch(ZooKeeperTest::leads), Waiting.PATIENCE))
                .isTrue();
        leader.restart();
        assertThat(leads(leader)).isFalse();
        assertThat(sessionTimeout(leader, 1)).as("by the given tick").isEqualTo(800);
    }

    private static boolean leads(ServerNode node) {
        try {
            return node.isRunning() && Exchange.wholeAnswer(node.port(), "srvr").contains("Mode: leader");
        } catch (IOException e) {
            return false;
        }
    }

    /** Asks for a session in the client's protocol; the server says what it grants. */
    private static int sessionTimeout(ServerNode node, int millis) throws IOException {
        byte[] connect = ByteBuffer.allocate(Integer.BYTES + CONNECT_LENGTH)
                .putInt(CONNECT_LENGTH)
                .putInt(0)
                .putLong(0)
                .putInt(millis)
                .putLong(0)
                .putInt(16)
                .array();
        return ByteBuffer.wrap(Exchange.firstAnswer(node.port(), connect).getBytes(ISO_8859_1))
                .getInt(2 * Integer.BYTES);
    }
}
