// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.testkit.servers.ZooKeeperEnsemble;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An ensemble whose members soon miss their leader, and that goes on without it, or without a quorum. */
final class LeaderFaultsTest {
    @RegisterExtension
    static final ZooKeeperEnsemble zookeeper =
            ZooKeeperEnsemble.start("tickTime=200", "syncLimit=5", "forceSync=no", "-Dreadonlymode.enabled=true");

    private static void awaitMode(ServerNode node, List<String> modes) {
        Awaitility.await().atMost(Stage.PATIENCE).until(() -> modes.contains(Stage.mode(node)));
    }

    /** The leader never comes back to tell of anything; the next one gives every session its whole time again, and ends it then. */
    @ParameterizedTest
    @CsvSource({"2s, stopped", "4s, stopped", "4s, killed"})
    void leaderGoneForGood_andTheHolderKnowsOnlyIt_lossComesBeforeTheRivalsGrant(String session, String how)
            throws Exception {
        ServerNode leader = Stage.leader(zookeeper);
        String others = zookeeper.nodes().stream()
                .filter(node -> node != leader)
                .map(ServerNode::address)
                .collect(Collectors.joining(","));
        try (Stage stage = new Stage(others)) {
            Holdfast holder = stage.clientAt(leader.address(), "session-timeout=" + session);
            Holdfast rival = stage.client("session-timeout=4s");
            Lease lease = Stage.take(holder, "job");
            CompletableFuture<Long> lost = Stage.lost(lease);
            CompletableFuture<Long> granted = Stage.granted(rival, "job");
            stage.awaitContenders(2);
            if (how.equals("killed")) {
                leader.kill();
            } else {
                leader.pause();
            }
            long grantedAt = Stage.get(granted);
            assertThat(lease.isHeld()).isFalse();
            assertThat(Stage.get(lost) - grantedAt)
                    .as("from the grant to the signal")
                    .isNegative();
        } finally {
            leader.kill();
            leader.restart();
            awaitMode(leader, List.of("follower", "leader"));
        }
    }

    @Test
    void newClient_ofAServerThatIsReadOnly_isToldSo() {
        List<ServerNode> two = zookeeper.nodes().subList(0, 2);
        ServerNode last = zookeeper.nodes().get(2);
        two.forEach(ServerNode::stop);
        try {
            awaitMode(last, List.of("read-only"));
            Awaitility.await()
                    .atMost(Stage.PATIENCE)
                    .untilAsserted(() -> assertThatThrownBy(
                                    () -> Holdfast.open("zookeeper://" + last.address() + "?session-timeout=2s")
                                            .close())
                            .isInstanceOfSatisfying(
                                    BackendException.class,
                                    failure -> assertThat(failure.isTransient()).isTrue())
                            .hasMessageContaining("it is read-only, because it has lost its ensemble's quorum"));
        } finally {
            zookeeper.restart(two);
            zookeeper.nodes().forEach(node -> awaitMode(node, List.of("follower", "leader")));
        }
    }
}
