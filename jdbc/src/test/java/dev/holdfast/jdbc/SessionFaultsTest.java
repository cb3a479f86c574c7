// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.testkit.servers.MariaDbServer;
import dev.holdfast.testkit.servers.PostgresServer;
import dev.holdfast.trials.process.WorkerProcess;
import dev.holdfast.trials.proxy.FaultProxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Locks that end with a connection: what happens when it, its client or the server does. */
final class SessionFaultsTest {
    private static final String SESSIONS = "mode=session&session-timeout=";

    @RegisterExtension
    static final PostgresServer postgres = PostgresServer.start();

    @RegisterExtension
    static final MariaDbServer mariaDb = MariaDbServer.start();

    static Place[] places() {
        return new Place[] {Place.of(postgres), Place.of(mariaDb)};
    }

    /** After a start the server grants nothing for a session's time. */
    private static Lease acquire(Holdfast client, String name) throws InterruptedException {
        return client.lock(name).acquire(Stage.PATIENCE);
    }

    private static Holdfast open(JdbcBackend backend) {
        return Holdfast.builder().backend(backend).open();
    }

    private static void end(Place place, long connection) {
        place.run(
                place.name().equals("mariadb")
                        ? "KILL " + connection
                        : "SELECT pg_terminate_backend(" + connection + ")");
    }

    @ParameterizedTest
    @MethodSource("places")
    void connectionKilled_allItsLocksAreLostAndToldAndNoneIsGrantedAgainHere(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            JdbcBackend backend = JdbcBackend.of(place.uri(SESSIONS + "3s"));
            Holdfast holder = stage.opened(open(backend));
            Holdfast rival = stage.client(SESSIONS + "3s");
            List<Lease> held = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                held.add(acquire(holder, "job-" + i));
            }
            assertThat(rival.lock("job-0").tryAcquire()).isNull();
            end(place, Objects.requireNonNull(backend.holding()).connection());
            for (Lease lease : held) {
                assertThat(Stage.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.SESSION_CLOSED);
                assertThat(lease.isHeld()).isFalse();
            }
            List<Lease> next = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                next.add(acquire(rival, "job-" + i));
                assertThat(next.get(i).token()).isGreaterThan(held.get(i).token());
                assertThat(holder.lock("job-" + i).tryAcquire()).isNull();
                held.get(i).release();
            }
            assertThat(next).allMatch(Lease::isHeld);
            next.forEach(Lease::release);
            assertThat(acquire(holder, "job-0").isHeld())
                    .as("on a new connection")
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void renewalsInABlackHole_lossIsToldBeforeTheRivalsGrant(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            FaultProxy proxy = stage.proxy();
            Holdfast holder = stage.clientBehind(proxy, SESSIONS + "2s");
            Lease lease = acquire(holder, "job");
            CompletableFuture<Long> lost = new CompletableFuture<>();
            lease.whenLost().thenAccept(why -> lost.complete(System.nanoTime()));
            Stage.pause(3_000);
            assertThat(lease.isHeld()).as("kept by pings").isTrue();
            long silent = System.nanoTime();
            proxy.requests().blackHole();
            proxy.replies().blackHole();
            Lease next = acquire(stage.client(SESSIONS + "2s"), "job");
            long granted = System.nanoTime();
            assertThat(lease.isHeld()).isFalse();
            // Told before, by a thread that a busy machine may hold up.
            assertThat(Stage.get(lost)).isLessThan(granted + 200_000_000);
            assertThat(Duration.ofNanos(granted - silent))
                    .as("the server keeps a silent client's lock for its lease, and waiters look for that now and then")
                    .isLessThan(Duration.ofSeconds(10));
            assertThat(next.token()).isGreaterThan(lease.token());
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void stoppedProcess_losesTheLockWithinItsLease_andKnowsItAtItsFirstLook(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            WorkerProcess holder = stage.process(SESSIONS + "2s");
            holder.ask("wait job");
            String token = holder.ask("token job");
            holder.ask("watch job");
            holder.stop();
            Lease next = acquire(stage.client(SESSIONS + "2s"), "job");
            Stage.pause(1_000);
            holder.resume();
            assertThat(holder.ask("resumed job")).isEqualTo("over");
            assertThat(holder.ask("release job")).isEqualTo("ALREADY_LOST");
            assertThat(next.token()).isGreaterThan(Long.parseLong(token));
            assertThat(next.isHeld()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void serverRestarted_nobodyIsGrantedWhileTheHolderBelieves(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            Lease lease = acquire(stage.client(SESSIONS + "5s"), "job");
            Objects.requireNonNull(place.restarting()).accept(true);
            CompletableFuture<Long> lost = new CompletableFuture<>();
            lease.whenLost().thenAccept(why -> lost.complete(System.nanoTime()));
            Lease next = acquire(stage.client(SESSIONS + "5s"), "job");
            long granted = System.nanoTime();
            assertThat(Stage.get(lost)).isLessThan(granted);
            assertThat(next.token()).isGreaterThan(lease.token());
        }
    }

    @Test
    void limitThatGetsShorterThanThePing_isToldAtTheNextPing() throws Exception {
        AtomicBoolean shorten = new AtomicBoolean();
        JdbcBackend backend = TamperedDriver.backend(
                Place.of(postgres),
                SESSIONS + "5s",
                sql -> sql.equals("SELECT pg_backend_pid()") && shorten.compareAndSet(true, false)
                        ? "SELECT pg_backend_pid() FROM (SELECT set_config('idle_session_timeout', '500', false)) t"
                        : sql);
        try (Stage stage = new Stage(Place.of(postgres));
                Holdfast holder = open(backend)) {
            Lease lease = acquire(holder, "job");
            shorten.set(true);
            assertThat(Stage.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.SESSION_CLOSED);
            acquire(stage.client(SESSIONS + "5s"), "job").release();
        }
    }

    @Test
    void nullOfGetLock_isNeitherGrantedNorTaken() throws Exception {
        JdbcBackend backend = TamperedDriver.backend(
                Place.of(mariaDb), SESSIONS + "3s", sql -> sql.replace("GET_LOCK(?, 0)", "GET_LOCK(LEFT(?, 0), 0)"));
        assertThatThrownBy(() -> open(backend).close())
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("NULL");
    }

    @Test
    void locksThatTheServerHasNoRoomFor_areRefusedAndTheOthersKept() throws Exception {
        try (PostgresServer small = PostgresServer.start(
                        "max_connections=10", "max_locks_per_transaction=10", "max_wal_senders=0");
                Holdfast client = Holdfast.open(Place.of(small).uri(SESSIONS + "3s"))) {
            List<Lease> held = new ArrayList<>(List.of(acquire(client, "job")));
            Throwable refused = null;
            for (int i = 0; refused == null && i < 10_000; i++) {
                try {
                    held.add(Objects.requireNonNull(client.lock("job-" + i).tryAcquire()));
                } catch (BackendException e) {
                    refused = e;
                }
            }
            assertThat(refused)
                    .isInstanceOf(BackendException.class)
                    .hasMessageContainingAll("resource", "shared memory", "job-");
            assertThat(held).hasSizeGreaterThan(50).allMatch(Lease::isHeld);
            held.get(0).release();
            Lease again = acquire(client, "job");
            assertThat(again.token()).isGreaterThan(held.get(held.size() - 1).token());
            assertThat(held.subList(1, held.size())).allMatch(Lease::isHeld);
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void replyToAnAcquisitionIsLost_theConnectionEndsAndLeavesNoGhost(Place place) throws Exception {
        SessionLink link = new SessionLink(place, "&" + SESSIONS + "3s");
        try (Stage stage = new Stage(place);
                Holdfast client = Holdfast.builder().backend(link.backend()).open()) {
            Lease other = acquire(client, "other");
            link.loseNextReply();
            Lease lease = acquire(client, "job");
            assertThat(Stage.get(other.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.SESSION_CLOSED);
            Holdfast rival = stage.client(SESSIONS + "3s");
            assertThat(rival.lock("job").tryAcquire()).isNull();
            lease.release();
            acquire(rival, "job").release();
            acquire(rival, "other").release();
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void dataSource_lendsOneConnectionForHoldingAndGetsItBackEnded(Place place) throws Exception {
        try (TestPool pool = new TestPool(4, 1_000, place::connect)) {
            JdbcOptions options =
                    JdbcOptions.defaults().withMode(JdbcOptions.Mode.SESSION).withSessionTimeout(Duration.ofSeconds(3));
            try (Holdfast client =
                    Holdfast.builder().backend(new JdbcBackend(pool, options)).open()) {
                List<Lease> held = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    held.add(acquire(client, "job-" + i));
                }
                assertThat(pool.lent()).as("connections for 20 locks").isEqualTo(1);
                held.forEach(Lease::release);
            }
            assertThat(pool.lent()).isZero();
            try (Connection connection = pool.getConnection();
                    Holdfast other = Holdfast.open(place.uri(SESSIONS + "3s"))) {
                assertThat(connection.isValid(2)).isTrue();
                acquire(other, "job-0").release();
            }
        }
    }

    @Test
    void advisoryLockOfSomebodyElse_excludesOursAndTheOtherWayRound() throws Exception {
        Place place = Place.of(postgres);
        long number = new PostgresSessions("holdfast_lock", true).number("job");
        try (Stage stage = new Stage(place);
                Connection operator = stage.connection()) {
            Holdfast client = stage.client(SESSIONS + "3s");
            Lease lease = acquire(client, "job");
            assertThat(stage.ask("SELECT pg_try_advisory_lock(" + number + ")")).containsExactly("f");
            lease.release();
            try (var statement = operator.createStatement()) {
                statement.execute("SELECT pg_advisory_lock(" + number + ")");
                assertThat(client.lock("job").tryAcquire()).isNull();
                assertThat(Objects.requireNonNull(client.inspect("job")).ownerLabel())
                        .isNull();
                assertThatThrownBy(() -> client.forceRelease("job"))
                        .isInstanceOf(BackendException.class)
                        .hasMessageContaining("pg_terminate_backend(");
                statement.execute("SELECT pg_advisory_unlock(" + number + ")");
            }
            assertThat(client.forceRelease("job")).isFalse();
            acquire(client, "job").release();
        }
    }
}
