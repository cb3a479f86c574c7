// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockOptions;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.testkit.servers.ZooKeeperEnsemble;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import dev.holdfast.trials.proxy.FrameGate;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What other libraries get wrong when connections, servers and nodes come and go. */
final class FaultsTest {
    @RegisterExtension
    static final ZooKeeperEnsemble zookeeper = ZooKeeperEnsemble.start(ZooKeeperFixture.SETTINGS);

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(zookeeper);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private record Routed(Holdfast client, List<FaultProxy> ways) {
        void reset() {
            ways.forEach(FaultProxy::reset);
        }
    }

    /** A client that reaches each server through a proxy. */
    private Routed routed(String parameters) {
        List<FaultProxy> ways = new ArrayList<>();
        for (ServerNode node : zookeeper.nodes()) {
            ways.add(stage.proxy(node.socketAddress()));
        }
        String addresses = String.join(
                ",", ways.stream().map(way -> "127.0.0.1:" + way.port()).toList());
        return new Routed(stage.clientAt(addresses, parameters), ways);
    }

    @Test
    void connectionThatBreaks_costsNoLeaseAndNoPlaceInLine() throws Exception {
        Routed holder = routed("session-timeout=4s");
        Routed waiter = routed("session-timeout=4s");
        Lease lease = Stage.take(holder.client, "job");
        CompletableFuture<Lease> waiting = waiter.client.lock("job").acquireAsync();
        stage.awaitContenders(2);
        var before = stage.contenders();
        for (int i = 0; i < 3; i++) {
            holder.reset();
            waiter.reset();
            Stage.pause(400);
            assertThat(lease.isHeld()).isTrue();
            assertThat(waiting).isNotDone();
        }
        assertThat(stage.contenders()).isEqualTo(before);
        assertThat(lease.release()).isEqualTo(ReleaseResult.RELEASED);
        Stage.get(waiting).release();
    }

    /**
     * Each time that it connects again, ZooKeeper's client tells the server that it is there: a session whose client hears nothing would
     * live for as long as that lasts, and so would its lock.
     */
    @Test
    void holderThatHearsNothing_whileItIsHeard_doesNotKeepItsLock() throws Exception {
        // Longer than it ever takes to connect again.
        Routed deaf = routed("session-timeout=4s");
        Lease lease = Stage.take(deaf.client, "job");
        CompletableFuture<Long> lost = Stage.lost(lease);
        CompletableFuture<Long> granted = Stage.granted(stage.client("session-timeout=2s"), "job");
        stage.awaitContenders(2);
        deaf.ways.forEach(way -> way.replies().stall());
        assertThat(Stage.get(lost) - Stage.get(granted))
                .as("from the grant to the signal")
                .isNegative();
        deaf.ways.forEach(FaultProxy::heal);
        stage.awaitContenders(1);
    }

    @Test
    void predecessorThatGoesWhileTheWaiterIsDisconnected_isNoticedAfterwards() throws Exception {
        Routed waiter = routed("session-timeout=4s");
        Holdfast holder = stage.client("session-timeout=4s");
        Lease lease = Stage.take(holder, "job");
        CompletableFuture<Lease> waiting = waiter.client.lock("job").acquireAsync();
        stage.awaitContenders(2);
        waiter.ways.forEach(FaultProxy::refuse);
        waiter.reset();
        lease.release();
        waiter.ways.forEach(FaultProxy::heal);
        assertThat(Stage.get(waiting).isHeld()).isTrue();
    }

    @Test
    void releaseWithoutAConnection_isMadeGoodAndTheNextOneWorks() throws Exception {
        Routed holder = routed("session-timeout=4s&call-timeout=300ms");
        Lease lease = holder.client.lock("job").acquire(Stage.PATIENCE);
        holder.ways.forEach(FaultProxy::refuse);
        holder.reset();
        assertThat(lease.release()).isEqualTo(ReleaseResult.UNCONFIRMED);
        assertThat(lease.isHeld()).isFalse();
        holder.ways.forEach(FaultProxy::heal);
        stage.awaitContenders(0);
        holder.client.lock("job").acquire(Stage.PATIENCE).release();
    }

    @Test
    void sessionThatEndsUnderAWaiter_isReplacedAndTheWaiterGetsTheLock() throws Exception {
        Routed waiter = routed("session-timeout=1s");
        Lease lease = Stage.take(stage.client("session-timeout=4s"), "job");
        CompletableFuture<Lease> waiting = waiter.client.lock("job").acquireAsync();
        stage.awaitContenders(2);
        for (FaultProxy way : waiter.ways) {
            way.requests().blackHole();
            way.replies().blackHole();
        }
        stage.awaitContenders(1);
        waiter.ways.forEach(FaultProxy::heal);
        stage.awaitContenders(2);
        lease.release();
        assertThat(Stage.get(waiting).isHeld()).isTrue();
    }

    @Test
    void leaderKilled_holderKeepsItsLeaseAndWaitersTheirPlaces() throws Exception {
        ServerNode leader = Stage.leader(zookeeper);
        Holdfast holder = stage.client("session-timeout=4s");
        Lease lease = Stage.take(holder, "job");
        CompletableFuture<Lease> waiting =
                stage.client("session-timeout=4s").lock("job").acquireAsync();
        stage.awaitContenders(2);
        CompletableFuture<Long> lost = Stage.lost(lease);
        leader.kill();
        try {
            // It is long enough for an election, but on a machine that stands still; nobody is told wrong things in
            // either case.
            Stage.pause(3_000);
            if (!lost.isDone()) {
                assertThat(waiting).isNotDone();
                lease.release();
            }
            assertThat(Stage.get(waiting).token()).isGreaterThan(lease.token());
        } finally {
            leader.restart();
        }
    }

    @Test
    void withoutAQuorum_acquiringFailsInTimeAndNothingIsLeft() throws Exception {
        List<ServerNode> two = zookeeper.nodes().subList(0, 2);
        Holdfast client = stage.client("session-timeout=4s&call-timeout=300ms");
        client.lock("job").acquire(Stage.PATIENCE).release();
        two.forEach(ServerNode::pause);
        try {
            long before = System.nanoTime();
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> client.lock("job").acquire(Duration.ofMillis(500)))
                    .isInstanceOf(dev.holdfast.BackendException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
        } finally {
            two.forEach(ServerNode::resume);
        }
        stage.awaitContenders(0);
    }

    /** A server with another limit says so when the session moves to it, and ends it sooner than the holder believed. */
    @Test
    void sessionThatAnotherServerShortens_isGivenUp_andAnotherIsBegun() throws Exception {
        FaultProxy way = stage.proxy(zookeeper.nodes().get(0).socketAddress());
        FrameGate gate = stage.opened(new FrameGate(FrameCounter::lengthPrefixed, ZooKeeperDialogue::new));
        Holdfast client = stage.clientAt("127.0.0.1:" + gate.portTo(way.address()), "session-timeout=4s");
        Lease lease = Stage.take(client, "job");
        gate.says(FaultsTest::shortened);
        way.reset();
        assertThat(Stage.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.SESSION_CLOSED);
        assertThat(client.lock("job").acquire(Stage.PATIENCE).leaseTime()).isEqualTo(Duration.ofSeconds(3));
    }

    /** The greeting of a server, which is known by its length, with a session of three seconds. */
    private static byte[] shortened(byte[] frame) {
        if (frame.length == 41) {
            ByteBuffer.wrap(frame).putInt(8, 3_000);
        }
        return frame;
    }

    @Test
    void newClient_withoutAQuorum_isToldSo() {
        List<ServerNode> two = zookeeper.nodes().subList(0, 2);
        two.forEach(ServerNode::stop);
        try {
            Awaitility.await()
                    .atMost(Stage.PATIENCE)
                    .until(() -> Stage.mode(zookeeper.nodes().get(2)).equals("none"));
            String uri = "zookeeper://" + zookeeper.nodes().get(2).address() + "?session-timeout=2s";
            Awaitility.await()
                    .atMost(Stage.PATIENCE)
                    .untilAsserted(() -> org.assertj.core.api.Assertions.assertThatThrownBy(
                                    () -> Holdfast.open(uri).close())
                            .hasMessageContaining("it has no quorum"));
        } finally {
            zookeeper.restart(two);
        }
    }

    @Test
    void parentThatIsReapedAgainAndAgain_isMadeAnew() throws Exception {
        Holdfast client = stage.client("session-timeout=4s");
        AtomicBoolean over = new AtomicBoolean();
        Thread reaper = new Thread(() -> {
            while (!over.get()) {
                stage.operator().delete(stage.path() + "/job");
            }
        });
        reaper.start();
        try {
            long last = 0;
            for (int i = 0; i < 40; i++) {
                try (Lease lease = client.lock("job").acquire(Stage.PATIENCE)) {
                    assertThat(lease.token()).isGreaterThan(last);
                    last = lease.token();
                }
            }
        } finally {
            over.set(true);
            reaper.join();
        }
    }

    @Test
    void ownNodeDeletedWhileItWaits_getsAnotherPlace() throws Exception {
        Lease lease = Stage.take(stage.client("session-timeout=4s"), "job");
        String held = stage.contenders().iterator().next();
        CompletableFuture<Lease> waiting =
                stage.client("session-timeout=4s").lock("job").acquireAsync();
        stage.awaitContenders(2);
        stage.contenders().stream().filter(node -> !node.equals(held)).forEach(stage.operator()::delete);
        stage.awaitContenders(2);
        assertThat(waiting).isNotDone();
        lease.release();
        assertThat(Stage.get(waiting).isHeld()).isTrue();
    }

    @Test
    void forcedRelease_ofAHolderNobodyWaitsFor_isTold() throws Exception {
        Lease lease = Stage.take(stage.client("session-timeout=4s"), "job");
        assertThat(stage.client("session-timeout=4s").forceRelease("job")).isTrue();
        assertThat(Stage.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.TAKEN_OVER);
        stage.awaitContenders(0);
    }

    @Test
    void twins_areTakenAwayTogether() throws Exception {
        Lease lease = Stage.take(stage.client("session-timeout=4s&dialect=twin"), "job");
        assertThat(stage.contenders()).hasSize(2);
        assertThat(stage.client("session-timeout=4s").forceReleaseNow("job")).isTrue();
        Stage.get(lease.whenLost().toCompletableFuture());
        stage.awaitContenders(0);
    }

    @Test
    void nodeThatNobodyKnowsOf_isSweptAndNoOther() throws Exception {
        ZooKeeperBackend backend = ZooKeeperBackend.of(
                stage.uri(stage.servers(), "").replaceAll("[?].*", "?session-timeout=4s&tick=200ms"));
        LockOptions options = LockOptions.defaults().withCallTimeout(Duration.ofSeconds(5));
        try (Holdfast client =
                Holdfast.builder().backend(backend).options(options).open()) {
            Lease lease = Stage.take(client, "job");
            CompletableFuture<Lease> waiting =
                    stage.client("session-timeout=4s").lock("job").acquireAsync();
            stage.awaitContenders(2);
            var wanted = stage.contenders();
            backend.session()
                    .server()
                    .create(
                            stage.path() + "/job/_c_ghost-lock-",
                            new byte[0],
                            org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE,
                            org.apache.zookeeper.CreateMode.EPHEMERAL_SEQUENTIAL);
            assertThat(stage.contenders()).hasSize(3);
            Sweep.of(
                    backend.session(),
                    ZooKeeperOptions.of(dev.holdfast.spi.BackendUri.parse("zookeeper://h" + stage.path())));
            Awaitility.await()
                    .atMost(Stage.PATIENCE)
                    .until(() -> stage.contenders().equals(wanted));
            assertThat(lease.isHeld()).isTrue();
            assertThat(waiting).isNotDone();
            lease.release();
            Stage.get(waiting);
        }
    }
}
