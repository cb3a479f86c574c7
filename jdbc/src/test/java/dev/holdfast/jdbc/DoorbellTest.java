// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.MariaDbServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code doorbell=true} on a real MariaDB. */
final class DoorbellTest {
    @RegisterExtension
    static final MariaDbServer server = MariaDbServer.start();

    private static final String BELL = "lease-time=10s&doorbell=true";
    private static final String BLOCKED =
            "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User lock'";
    private static final String STATEMENTS =
            "SELECT variable_value FROM information_schema.global_status" + " WHERE variable_name = 'COM_SELECT'";

    private Stage stage;

    @BeforeEach
    void setUp() {
        stage = new Stage(Place.of(server));
    }

    @AfterEach
    void tearDown() throws Exception {
        stage.close();
    }

    private void blocked(int many) {
        await("clients that wait at the bell")
                .atMost(Stage.PATIENCE)
                .until(() -> stage.ask(BLOCKED).equals(List.of(Integer.toString(many))));
    }

    @Test
    void aWaitingClient_isBlockedAtTheBellAndAsksNothing_untilTheHolderReleases() throws Exception {
        Lease held = Stage.take(stage.client(BELL), "job");
        Holdfast second = stage.client(BELL);
        CompletableFuture<Lease> waiting = second.lock("job").acquireAsync();
        blocked(1);
        Stage.pause(200);
        long before = Long.parseLong(stage.ask(STATEMENTS).get(0));
        Stage.pause(1_000);
        long asked = Long.parseLong(stage.ask(STATEMENTS).get(0)) - before;
        assertThat(asked).as("statements in a second, this one included").isLessThan(4);
        held.release();
        assertThat(Stage.get(waiting).isHeld()).isTrue();
    }

    @Test
    void aKilledConnectionOfTheHoldersBells_costsNobodyHisLock() throws Exception {
        Lease held = Stage.take(stage.client(BELL), "job");
        CompletableFuture<Lease> waiting = stage.client(BELL).lock("job").acquireAsync();
        blocked(1);
        MariaDbTortureTest.killConnections(stage.place());
        Stage.pause(500);
        assertThat(held.isHeld()).isTrue();
        assertThat(waiting).isNotDone();
        held.release();
        assertThat(Stage.get(waiting).isHeld()).isTrue();
    }

    /** As after an outage, in which the first claim was lost and from which its release is late. */
    @Test
    void lateReleaseOfAnEarlierClaim_leavesTheBellToTheOneThatHoldsNow() throws Exception {
        TestPool pool = stage.opened(new TestPool(1, 1_000, stage.place()::connect));
        try (Doorbell bells = new Doorbell(new PooledSource(pool), "holdfast_lock", 1)) {
            String holder = "SELECT IS_USED_LOCK('" + bells.bell("job") + "') IS NOT NULL";
            bells.granted("job", "first");
            bells.granted("job", "second");
            await("the bell is taken")
                    .atMost(Stage.PATIENCE)
                    .until(() -> stage.ask(holder).equals(List.of("1")));
            bells.freed("job", "first");
            Stage.pause(500);
            assertThat(stage.ask(holder)).as("who waits is not rung for").containsExactly("1");
            bells.freed("job", "second");
            await("it rings")
                    .atMost(Stage.PATIENCE)
                    .until(() -> stage.ask(holder).equals(List.of("0")));
        }
    }

    /** More names than there are bells to wait at: the others are polled. */
    @Test
    void manyNames_areAllGranted() throws Exception {
        Holdfast first = stage.client(BELL);
        Holdfast second = stage.client(BELL);
        List<Lease> held = new ArrayList<>();
        List<CompletableFuture<Lease>> waiting = new ArrayList<>();
        for (int i = 0; i < Doorbell.MOST_LISTENERS + 3; i++) {
            held.add(Stage.take(first, "job-" + i));
            waiting.add(second.lock("job-" + i).acquireAsync());
        }
        blocked(Doorbell.MOST_LISTENERS);
        for (int i = 0; i < held.size(); i++) {
            held.get(i).release();
            assertThat(Stage.get(waiting.get(i)).isHeld()).isTrue();
        }
    }

    @Test
    void clientsWithAndWithoutADoorbell_excludeEachOther() throws Exception {
        Lease held = Stage.take(stage.client(), "job");
        CompletableFuture<Lease> waiting = stage.client(BELL).lock("job").acquireAsync();
        Stage.pause(300);
        assertThat(waiting).isNotDone();
        held.release();
        Lease next = Stage.get(waiting);
        assertThat(stage.client().lock("job").tryAcquire()).isNull();
        next.release();
    }

    @Test
    void aDoorbellOnH2_isRefused() {
        assertThatThrownBy(() -> Holdfast.open("jdbc:h2:mem:bell?doorbell=true"))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("doorbell=true is for MariaDB and MySQL")
                .hasMessageContaining("H2");
    }
}
