// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.Tier;
import dev.holdfast.etcd.link.Method;
import dev.holdfast.etcd.wire.Greetings;
import dev.holdfast.testkit.servers.EtcdCluster;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.trials.proxy.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Three members, one of which leads and is stopped, killed or cut off: a lease is lost before a rival can have the lock, or not at all. */
final class LeaderFaultsTest {
    @RegisterExtension
    static final EtcdCluster etcd = EtcdCluster.start(EtcdFixture.CALM);

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(etcd.uri());
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** The member that says it is the leader, by what it says of itself. */
    static ServerNode leaderOf(EtcdCluster etcd) {
        for (int tries = 0; tries < 200; tries++) {
            for (ServerNode node : etcd.nodes()) {
                if (Gateway.isLeader(node.address())) {
                    return node;
                }
            }
            Stage.pause(100);
        }
        throw new AssertionError("no member leads");
    }

    @Test
    void leaderKilled_leaseIsKeptByTheNextOne() throws Exception {
        Holdfast client = stage.client("lease-time=10s");
        Lease held = Stage.take(client, "job");
        ServerNode leader = leaderOf(etcd);
        leader.kill();
        try {
            Stage.pause(11_000);
            assertThat(held.isHeld()).isTrue();
            assertThat(client.lock("other").tryAcquire(Stage.PATIENCE)).isNotNull();
        } finally {
            leader.restart();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void leaderStoppedForGood_andTheHolderOnlyKnowsIt_lossComesBeforeTheRivalsGrant(int seconds) throws Exception {
        ServerNode leader = leaderOf(etcd);
        Holdfast holder = Holdfast.open("etcd://" + leader.address() + "?call-timeout=5s&lease-time=" + seconds + "s");
        try (holder) {
            Holdfast rival = stage.client("lease-time=10s");
            Lease held = Stage.takeAndKeep(holder, "job", seconds * 1_000L);
            CompletableFuture<Long> lost = new CompletableFuture<>();
            held.whenLost().thenAccept(why -> lost.complete(System.nanoTime()));
            leader.pause();
            Lease next = rival.lock("job").acquire(Stage.PATIENCE);
            long granted = System.nanoTime();
            assertThat(held.isHeld()).isFalse();
            assertThat(Stage.get(lost)).isLessThan(granted);
            assertThat(next.token()).isGreaterThan(held.token());
        } finally {
            leader.kill();
            leader.restart();
        }
    }

    @Test
    void memberThatTheClientUses_fallsSilent_theNextOneIsAsked() throws Exception {
        FaultProxy proxy = stage.proxy(etcd.nodes().get(0).socketAddress());
        Holdfast client = Holdfast.open(
                "etcd://127.0.0.1:" + proxy.port() + "," + etcd.nodes().get(1).address() + "?lease-time=6s");
        try (client) {
            Lease held = Stage.take(client, "job");
            proxy.requests().blackHole();
            proxy.replies().blackHole();
            Stage.pause(8_000);
            assertThat(held.isHeld()).isTrue();
            try (Lease other = client.lock("other").acquire(Duration.ofSeconds(3))) {
                assertThat(other.isHeld()).isTrue();
            }
        }
    }

    @Test
    void waiter_whoseMemberDies_isGrantedThroughAnother() throws Exception {
        Lease held = Stage.take(stage.client(), "job");
        ServerNode first = etcd.nodes().get(0);
        Holdfast client = Holdfast.open(
                "etcd://" + first.address() + "," + etcd.nodes().get(1).address() + "?lease-time=6s");
        try (client) {
            CompletableFuture<Lease> waiter = client.lock("job").acquireAsync(Stage.PATIENCE);
            Awaitility.await().until(() -> stage.keysOf("job").size() == 2);
            first.kill();
            held.release();
            assertThat(Stage.get(waiter).isHeld()).isTrue();
        } finally {
            first.restart();
        }
    }

    @Test
    void withoutAQuorum_anOutageIsNotBusy_andTheLeaseIsLostInTime() throws Exception {
        Holdfast client = stage.client("lease-time=3s");
        Lease held = Stage.take(client, "job");
        etcd.nodes().get(0).pause();
        etcd.nodes().get(1).pause();
        try {
            assertThat(Stage.get(held.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.BACKEND_UNREACHABLE);
            assertThatThrownBy(() -> client.lock("other").tryAcquire())
                    .isInstanceOfSatisfying(
                            BackendException.class,
                            e -> assertThat(e.isTransient()).isTrue());
        } finally {
            etcd.nodes().get(0).resume();
            etcd.nodes().get(1).resume();
        }
        assertThat(client.lock("other").acquire(Stage.PATIENCE).isHeld()).isTrue();
    }

    /** What the member that lives says tells more than that the others cannot be reached, whoever is asked first. */
    @ParameterizedTest
    @CsvSource({"killed, 0", "killed, 2", "stopped, 0", "stopped, 2"})
    void withoutAQuorum_theMemberThatLivesTellsWhy(String how, int live) {
        List<ServerNode> others = new ArrayList<>(etcd.nodes());
        ServerNode survivor = others.remove(live);
        // Several tries have to fit into the time.
        Holdfast client = stage.client("lease-time=60s&call-timeout=1s");
        client.lock("job").acquireAsync(Stage.PATIENCE).join().release();
        AtomicInteger tries = new AtomicInteger();
        others.forEach(how.equals("killed") ? ServerNode::kill : ServerNode::pause);
        try {
            Awaitility.await().atMost(Stage.PATIENCE).untilAsserted(() -> {
                // Another one each time: what was asked for before is still being taken back.
                String name = "job-" + tries.incrementAndGet();
                assertNoLeader(() -> client.lock(name).tryAcquire(), survivor);
                assertNoLeader(() -> Holdfast.open(etcd.uri()).close(), survivor);
            });
        } finally {
            others.forEach(ServerNode::kill);
            etcd.restart(others);
        }
    }

    private static void assertNoLeader(ThrowingCallable call, ServerNode survivor) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BackendException.class,
                        failure -> assertThat(failure.isTransient()).isTrue())
                .hasMessageContaining(survivor.address() + ": the cluster has no leader at the moment");
    }

    @Test
    void tier_ofServersWhoseOldLeadersEndLeases_isE() {
        assertThat(stage.client().tier()).isEqualTo(expected());
    }

    private Tier expected() {
        String version = Greetings.text(stage.operator().call(Method.STATUS, Greetings.nothing()));
        return Versions.keepLeasesOverLeaders(version) ? Tier.L : Tier.E;
    }
}
