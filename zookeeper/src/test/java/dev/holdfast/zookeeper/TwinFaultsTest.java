// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import dev.holdfast.testkit.PlainClaim;
import dev.holdfast.testkit.PlainEvents;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contenders with two nodes, of which somebody deletes one. */
final class TwinFaultsTest {
    private static final String TWIN = "session-timeout=4s&dialect=twin";

    @RegisterExtension
    static final ZooKeeperServer zookeeper = ZooKeeperServer.start(ZooKeeperFixture.SETTINGS);

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(zookeeper);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private static String half(Set<String> nodes, String half) {
        return nodes.stream()
                .filter(node -> node.contains("/" + half))
                .findFirst()
                .orElseThrow();
    }

    /** The half that is left would keep everybody out whom nobody tells of it. */
    @ParameterizedTest
    @ValueSource(strings = {"_c_", "_k_"})
    void halfOfAHolderDeleted_isToldAndTheOtherHalfGoes(String half) throws Exception {
        Lease lease = Stage.take(stage.client(TWIN), "job");
        stage.operator().delete(half(stage.contenders(), half));
        assertThat(Stage.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.TAKEN_OVER);
        stage.awaitContenders(0);
    }

    /** A holder that others wait for does not watch the line any more, and one half of it lets in who does not see the other. */
    @ParameterizedTest
    @ValueSource(strings = {"_c_", "_k_"})
    void halfOfAHolderDeleted_whileSomebodyWaits_isTold(String half) throws Exception {
        Lease lease = Stage.take(stage.client(TWIN), "job");
        Set<String> held = stage.contenders();
        CompletableFuture<Lease> waiting = stage.client(TWIN).lock("job").acquireAsync();
        stage.awaitContenders(4);
        // The holder hears of its rival, and sets its watches anew.
        Stage.pause(500);
        stage.operator().delete(half(held, half));
        assertThat(Stage.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.TAKEN_OVER);
        Stage.get(waiting).release();
        stage.awaitContenders(0);
    }

    /** It got the lock by the deletion of the one before it, and set its watches when it still waited. */
    @ParameterizedTest
    @ValueSource(strings = {"_c_", "_k_"})
    void halfOfAHolderDeleted_thatHadWaited_isTold(String half) throws Exception {
        Lease first = Stage.take(stage.client(TWIN), "job");
        Set<String> before = stage.contenders();
        CompletableFuture<Lease> second = stage.client(TWIN).lock("job").acquireAsync();
        stage.awaitContenders(4);
        Set<String> held = new TreeSet<>(stage.contenders());
        held.removeAll(before);
        CompletableFuture<Lease> third = stage.client(TWIN).lock("job").acquireAsync();
        stage.awaitContenders(6);
        first.release();
        Lease lease = Stage.get(second);
        Stage.pause(500);
        stage.operator().delete(half(held, half));
        assertThat(Stage.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.TAKEN_OVER);
        Stage.get(third).release();
        stage.awaitContenders(0);
    }

    @Test
    void halfOfAWaiterDeleted_getsAnotherPlaceAndTheOtherHalfGoes() throws Exception {
        Holdfast waiter = stage.client(TWIN);
        Lease lease = Stage.take(stage.client(TWIN), "job");
        Set<String> held = stage.contenders();
        CompletableFuture<Lease> waiting = waiter.lock("job").acquireAsync();
        stage.awaitContenders(4);
        Set<String> left = new TreeSet<>(stage.contenders());
        left.removeAll(held);
        stage.operator().delete(half(left, "_k_"));
        await().atMost(Stage.PATIENCE)
                .untilAsserted(() -> assertThat(stage.contenders()).hasSize(4).doesNotContainAnyElementsOf(left));
        assertThat(waiting).isNotDone();
        lease.release();
        Stage.get(waiting).release();
        stage.awaitContenders(0);
    }

    /** No event says so: the holder asks because it stood still, or because something else makes it doubt. */
    @ParameterizedTest
    @ValueSource(strings = {"_c_", "_k_"})
    void halfOfAHolderDeleted_unseen_isToldWhenItAsks(String half) throws Exception {
        CompletableFuture<LeaseLoss> told = new CompletableFuture<>();
        BackendEvents events = new PlainEvents() {
            @Override
            public void gone(Claim claim, LeaseLoss why) {
                told.complete(why);
            }
        };
        ZooKeeperLink link = stage.opened(
                new ZooKeeperLink(List.of(zookeeper.socketAddress()), stage.path() + "?" + TWIN + "&tick=200ms"));
        link.backend().open(events, Stage.PATIENCE);
        PlainClaim claim = new PlainClaim("job", Duration.ofSeconds(4), false);
        link.backend().acquire(claim);
        await().atMost(Stage.PATIENCE).until(() -> claim.was("granted"));
        link.dropPushes();
        stage.operator().delete(half(stage.contenders(), half));
        Stage.pause(500);
        assertThat(told).isNotDone();
        link.backend().renew(List.of(claim));
        assertThat(Stage.get(told)).isEqualTo(LeaseLoss.TAKEN_OVER);
        stage.awaitContenders(0);
    }
}
