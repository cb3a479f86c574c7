// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import dev.holdfast.trials.proxy.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Persistent nodes of locks go when they have not been used for a while, and never at the cost of somebody who comes just then. */
final class UnusedLocksTest {
    private static final String PERSISTENT = "session-timeout=9s&parent=persistent";

    @RegisterExtension
    static final ZooKeeperServer zookeeper =
            ZooKeeperServer.start("tickTime=200", "forceSync=no", "-Dznode.container.checkIntervalMs=100");

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(zookeeper);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private String job() {
        return stage.path() + "/job";
    }

    private void awaitNoLocks() {
        Awaitility.await()
                .atMost(Stage.PATIENCE)
                .until(() -> stage.operator().children(stage.path()).isEmpty());
    }

    @Test
    void unusedNodes_areRemoved_andThoseInUseAreNot() {
        Holdfast client = stage.client(PERSISTENT + "&remove-unused=300ms");
        Lease held = Stage.take(client, "held");
        for (int i = 0; i < 20; i++) {
            Stage.take(client, "once-" + i).release();
        }
        Awaitility.await()
                .atMost(Stage.PATIENCE)
                .untilAsserted(() ->
                        assertThat(stage.operator().children(stage.path())).containsExactly("held"));
        Stage.pause(1_000);
        assertThat(held.isHeld()).isTrue();
        held.release();
        awaitNoLocks();
    }

    @Test
    void unusedNodes_ofNestedNames_goWithThoseAboveThem() {
        Holdfast client = stage.client(PERSISTENT + "&nested=true&remove-unused=200ms");
        Stage.take(client, "a/b/c").release();
        Stage.take(client, "a/d").release();
        awaitNoLocks();
        assertThat(stage.operator().stat(stage.path())).isNotNull();
    }

    /** Servers remove containers when nobody stands in them, and nothing else; kazoo fails on nodes that were removed. */
    @ParameterizedTest
    @CsvSource({
        "dialect=curator, true",
        "parent=persistent, false",
        "dialect=kazoo, false",
        "dialect=twin, false",
        "dialect=twin&parent=container, true"
    })
    void nodeOfALock_isAContainer_orStays(String parameters, boolean container) {
        Stage.take(stage.client("session-timeout=9s&" + parameters), "job").release();
        if (container) {
            awaitNoLocks();
        } else {
            Stage.pause(1_000);
            assertThat(stage.operator().stat(job())).isNotNull();
        }
    }

    /** The request of somebody who comes to stand in line is on its way when the node is deleted. */
    @Test
    void removedWhileSomebodyComes_isMadeAgain() throws Exception {
        FaultProxy way = stage.proxy(zookeeper.socketAddress());
        Holdfast slow = stage.clientAt("127.0.0.1:" + way.port(), PERSISTENT);
        ZooKeeperBackend backend = ZooKeeperBackend.of("zookeeper://" + stage.servers() + stage.path()
                + "?session-timeout=9s&parent=persistent&remove-unused=1ms");
        boolean hit = false;
        try (Holdfast janitor = Holdfast.builder().backend(backend).open()) {
            long last = 0;
            for (int tries = 0; tries < 10 && !hit; tries++) {
                Stage.take(slow, "job").release();
                long before = stage.operator().stat(job()).getCzxid();
                way.requests().delay(Duration.ofMillis(700));
                CompletableFuture<Lease> coming = slow.lock("job").acquireAsync();
                Stage.take(janitor, "job").release();
                backend.opened().unused().remove(backend.session());
                Lease lease = Stage.get(coming);
                assertThat(lease.isHeld()).isTrue();
                assertThat(lease.token()).isGreaterThan(last);
                last = lease.token();
                way.heal();
                hit = stage.operator().stat(job()).getCzxid() != before;
                lease.release();
            }
        }
        assertThat(hit).as("whether the node was removed in between").isTrue();
    }

    @Test
    void removedAgainAndAgain_underACrowd_nobodyIsLostAndNothingStays() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicLong last = new AtomicLong();
        List<CompletableFuture<Void>> crowd = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Holdfast client = stage.client(PERSISTENT + "&local-handovers=0&remove-unused=1ms");
            crowd.add(CompletableFuture.runAsync(
                    () -> {
                        for (int turn = 0; turn < 30; turn++) {
                            try (Lease lease = client.lock("job").acquire(Stage.PATIENCE)) {
                                assertThat(inside.incrementAndGet()).isEqualTo(1);
                                assertThat(lease.token()).isGreaterThan(last.getAndSet(lease.token()));
                                inside.decrementAndGet();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                            if (turn % 10 == 0) {
                                // Long enough for everybody to be gone.
                                Stage.pause(30);
                            }
                        }
                    },
                    task -> new Thread(task).start()));
        }
        for (CompletableFuture<Void> one : crowd) {
            one.get(60, java.util.concurrent.TimeUnit.SECONDS);
        }
        awaitNoLocks();
    }
}
