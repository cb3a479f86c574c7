// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.testkit.servers.MariaDbServer;
import dev.holdfast.testkit.servers.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What waiting costs, and that no wake-up is missed for long. */
final class WaitingTest {
    @RegisterExtension
    static final PostgresServer postgres = PostgresServer.start();

    @RegisterExtension
    static final MariaDbServer mariaDb = MariaDbServer.start();

    private static final String LISTENERS =
            "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()";

    static Place[] places() {
        return new Place[] {Place.of(postgres), Place.of(mariaDb)};
    }

    private static Holdfast behind(Stage stage, JdbcLink link) {
        stage.opened(link);
        return stage.opened(Holdfast.builder()
                .backend(link.backend())
                .options(LockOptions.defaults().withLeaseTime(Duration.ofSeconds(10)))
                .open());
    }

    private static List<CompletableFuture<Lease>> waiters(Holdfast client, int number) {
        List<CompletableFuture<Lease>> waiters = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            waiters.add(client.lock("job").acquireAsync());
        }
        return waiters;
    }

    @Test
    void waiters_onPostgres_costOneStatementInSomeSeconds() throws Exception {
        try (Stage stage = new Stage(Place.of(postgres))) {
            Stage.take(stage.client("lease-time=60s"), "job");
            JdbcLink link = new JdbcLink(stage.place());
            Holdfast client = behind(stage, link);
            List<CompletableFuture<Lease>> waiters = waiters(client, 50);
            Stage.pause(3_000);
            long before = link.requests();
            Stage.pause(10_000);
            assertThat(link.requests() - before).as("statements in 10 s").isBetween(1L, 5L);
            assertThat(waiters).noneMatch(CompletableFuture::isDone);
        }
    }

    @Test
    void waiters_onMariaDb_arePolledForByOneStatement() throws Exception {
        try (Stage stage = new Stage(Place.of(mariaDb))) {
            Holdfast holder = stage.client("lease-time=60s");
            JdbcLink link = new JdbcLink(stage.place());
            Holdfast client = behind(stage, link);
            List<CompletableFuture<Lease>> waiters = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Stage.take(holder, "job-" + i);
                waiters.add(client.lock("job-" + i).acquireAsync());
            }
            Stage.pause(2_000);
            long before = link.requests();
            Stage.pause(3_000);
            assertThat(link.requests() - before)
                    .as("statements in 3 s, of which each looks for all of 20 locks")
                    .isBetween(5L, 80L);
            assertThat(waiters).noneMatch(CompletableFuture::isDone);
        }
    }

    /** Two clients pass a lock to and fro: a missed wake-up would show as a wait until the slow look, of five seconds. */
    @ParameterizedTest
    @MethodSource("places")
    void handovers_betweenClients_missNoWakeUp(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            AtomicLong longest = new AtomicLong();
            List<CompletableFuture<Integer>> loops = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Holdfast client = stage.client("lease-time=20s&local-handovers=0");
                loops.add(CompletableFuture.supplyAsync(() -> {
                    for (int turn = 0; turn < 150; turn++) {
                        long before = System.nanoTime();
                        try (Lease lease =
                                client.lock("job").acquireAsync(Stage.PATIENCE).join()) {
                            longest.accumulateAndGet(System.nanoTime() - before, Math::max);
                        }
                    }
                    return 150;
                }));
            }
            for (CompletableFuture<Integer> loop : loops) {
                assertThat(loop.get(60, TimeUnit.SECONDS)).isEqualTo(150);
            }
            assertThat(Duration.ofNanos(longest.get())).isLessThan(Duration.ofMillis(4_500));
        }
    }

    @Test
    void listener_killedWhileOneWaits_losesNoWakeUp() throws Exception {
        try (Stage stage = new Stage(Place.of(postgres))) {
            Lease held = Stage.take(stage.client("lease-time=60s"), "job");
            CompletableFuture<Lease> waiter =
                    stage.client("lease-time=60s").lock("job").acquireAsync();
            await().atMost(Stage.PATIENCE).until(() -> !stage.ask(LISTENERS).isEmpty());
            stage.ask("SELECT pg_terminate_backend(pid) FROM (" + LISTENERS + ") l");
            held.release();
            assertThat(Stage.get(waiter).isHeld()).isTrue();
        }
    }

    /** As behind a pooler that changes servers between transactions: LISTEN works, and nothing is ever heard. */
    @Test
    void notifications_thatNeverCome_leaveThePolling() throws Exception {
        try (Stage stage = new Stage(Place.of(postgres))) {
            Lease held = Stage.take(stage.client("lease-time=60s"), "job");
            JdbcLink link = new JdbcLink(stage.place());
            link.dropPushes();
            Holdfast client = behind(stage, link);
            CompletableFuture<Lease> waiter = client.lock("job").acquireAsync();
            Stage.pause(4_000);
            long before = link.requests();
            Stage.pause(2_000);
            assertThat(link.requests() - before)
                    .as("statements in 2 s of polling")
                    .isGreaterThan(5);
            held.release();
            assertThat(Stage.get(waiter).isHeld()).isTrue();
        }
    }

    @Test
    void listen_turnedOff_opensNoConnectionForIt() throws Exception {
        try (Stage stage = new Stage(Place.of(postgres))) {
            Lease held = Stage.take(stage.client("lease-time=60s&listen=false"), "job");
            CompletableFuture<Lease> waiter =
                    stage.client("lease-time=60s&listen=false").lock("job").acquireAsync();
            Stage.pause(1_000);
            assertThat(stage.ask(LISTENERS)).isEmpty();
            held.release();
            assertThat(Stage.get(waiter).isHeld()).isTrue();
        }
    }

    /** A wait for nobody costs nothing: the connection that listens goes after a while. */
    @Test
    void release_withoutWaiters_notifiesNobody() throws Exception {
        try (Stage stage = new Stage(Place.of(postgres))) {
            try (var listening = stage.place().connect();
                    var statement = listening.createStatement()) {
                statement.execute("LISTEN \"" + PostgresDialect.channel("holdfast_lock") + "\"");
                Holdfast client = stage.client();
                for (int i = 0; i < 20; i++) {
                    Stage.take(client, "job").release();
                }
                Notifications notifications = Notifications.of(listening);
                assertThat(notifications).isNotNull();
                assertThat(notifications.await(500)).isEmpty();
            }
        }
    }
}
