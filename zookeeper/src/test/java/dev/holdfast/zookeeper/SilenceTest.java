// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.testkit.servers.ZooKeeperEnsemble;
import dev.holdfast.trials.loopback.LoopbackPorts;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever falls silent, the holder hears of its loss before a rival has the lock. */
final class SilenceTest {
    private static final Map<String, FaultProxy> PEERS = new ConcurrentHashMap<>();

    /** A follower that is cut off goes on serving its clients for 30 ticks. */
    @RegisterExtension
    static final ZooKeeperEnsemble zookeeper = ZooKeeperEnsemble.startVia(
            (from, to, port) -> PEERS.computeIfAbsent(
                            from + ">" + to,
                            pair -> FaultProxy.start(LoopbackPorts.address(port), FrameCounter::chunks))
                    .port(),
            "tickTime=200",
            "syncLimit=30",
            "forceSync=no");

    @AfterAll
    static void closeProxies() {
        PEERS.values().forEach(FaultProxy::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1s", "2s", "3500ms"})
    void holder_silenced_isToldBeforeARivalOwnsTheLock(String session) throws Exception {
        try (Stage stage = new Stage(zookeeper)) {
            FaultProxy way = stage.proxy(Stage.follower(zookeeper).socketAddress());
            Holdfast holder = stage.clientAt("127.0.0.1:" + way.port(), "session-timeout=" + session);
            Holdfast rival = stage.client("session-timeout=2s");
            Lease lease = Stage.take(holder, "job");
            CompletableFuture<Long> lost = Stage.lost(lease);
            CompletableFuture<Long> granted = Stage.granted(rival, "job");
            stage.awaitContenders(2);
            way.requests().blackHole();
            way.replies().blackHole();
            long grantedAt = Stage.get(granted);
            assertThat(lease.isHeld()).isFalse();
            assertThat(Stage.get(lost) - grantedAt)
                    .as("from the grant to the signal")
                    .isNegative();
        }
    }

    /**
     * The leader ends the session of a client whose follower cannot reach it, while that follower goes on answering reads. A client that
     * takes these for signs of life believes itself the holder for as long as the follower does.
     */
    @ParameterizedTest
    @ValueSource(strings = {"1s", "2500ms"})
    void holderOnAFollower_thatIsCutOffFromItsLeader_isToldBeforeARivalOwnsTheLock(String session) throws Exception {
        ServerNode follower = Stage.follower(zookeeper);
        int cutOff = zookeeper.nodes().indexOf(follower);
        int leader = zookeeper.nodes().indexOf(Stage.leader(zookeeper));
        String others = String.join(
                ",",
                zookeeper.nodes().stream()
                        .filter(node -> node != follower)
                        .map(ServerNode::address)
                        .toList());
        FaultProxy link = PEERS.get(cutOff + ">" + leader);
        try (Stage stage = new Stage(others);
                Operator reader = new Operator(follower.address())) {
            Holdfast holder = stage.clientAt(follower.address(), "session-timeout=" + session);
            Holdfast rival = stage.clientAt(others, "session-timeout=2s");
            Lease lease = Stage.take(holder, "job");
            CompletableFuture<Long> lost = Stage.lost(lease);
            CompletableFuture<Long> granted = Stage.granted(rival, "job");
            stage.awaitContenders(2);
            link.requests().blackHole();
            link.replies().blackHole();
            try {
                long grantedAt = Stage.get(granted);
                List<String> believed = reader.session().getChildren(stage.path() + "/job", false);
                assertThat(believed).as("what the follower goes on telling").hasSize(2);
                assertThat(lease.isHeld()).isFalse();
                assertThat(Stage.get(lost) - grantedAt)
                        .as("from the grant to the signal")
                        .isNegative();
            } finally {
                link.heal();
                awaitFollower(follower);
            }
        }
    }

    /**
     * The leader hears nothing from its followers, which were started again meanwhile and have another one. Until it gives up it goes on
     * answering those who ask it for nothing that others have to agree on, and keeps its own clients' sessions.
     */
    @Test
    void holderOnALeader_whoseFollowersHaveAnother_isToldBeforeARivalOwnsTheLock() throws Exception {
        ServerNode leader = Stage.leader(zookeeper);
        int left = zookeeper.nodes().indexOf(leader);
        List<ServerNode> followers = new ArrayList<>(zookeeper.nodes());
        followers.remove(leader);
        // Both ways: they would go on electing a leader whose vote they hear, though they cannot follow it.
        List<FaultProxy> links = followers.stream()
                .map(node -> zookeeper.nodes().indexOf(node))
                .flatMap(node -> Stream.of(PEERS.get(node + ">" + left), PEERS.get(left + ">" + node)))
                .toList();
        String others = followers.get(0).address() + "," + followers.get(1).address();
        try (Stage stage = new Stage(others)) {
            Holdfast holder = stage.clientAt(leader.address(), "session-timeout=1s");
            Holdfast rival = stage.clientAt(others, "session-timeout=4s");
            Lease lease = Stage.take(holder, "job");
            CompletableFuture<Long> lost = Stage.lost(lease);
            CompletableFuture<Long> granted = Stage.granted(rival, "job");
            stage.awaitContenders(2);
            for (FaultProxy link : links) {
                link.requests().blackHole();
                link.replies().blackHole();
            }
            followers.forEach(ServerNode::kill);
            try {
                zookeeper.restart(followers);
                long grantedAt = Stage.get(granted);
                assertThat(lease.isHeld()).isFalse();
                assertThat(Stage.get(lost) - grantedAt)
                        .as("from the grant to the signal")
                        .isNegative();
            } finally {
                links.forEach(FaultProxy::heal);
                awaitFollower(leader);
            }
        }
    }

    private static void awaitFollower(ServerNode node) {
        org.awaitility.Awaitility.await()
                .atMost(Stage.PATIENCE)
                .until(() -> List.of("follower", "leader").contains(Stage.mode(node)));
    }

    /** When it goes on it has not noticed yet how long it stood still. */
    @Test
    void leaderStopped_andLater_goesOn_neverGivesTwoTheLock() throws Exception {
        ServerNode leader = Stage.leader(zookeeper);
        try (Stage stage = new Stage(zookeeper)) {
            Holdfast holder = stage.clientAt(leader.address(), "session-timeout=1s");
            Holdfast rival = stage.client("session-timeout=3s");
            Lease lease = Stage.take(holder, "job");
            CompletableFuture<Long> lost = Stage.lost(lease);
            CompletableFuture<Long> granted = Stage.granted(rival, "job");
            stage.awaitContenders(2);
            leader.pause();
            long lostAt = Stage.get(lost);
            leader.resume();
            assertThat(lostAt - Stage.get(granted))
                    .as("from the grant to the signal")
                    .isNegative();
        }
    }
}
