// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.servers.MariaDbServer;
import dev.holdfast.testkit.servers.PostgresServer;
import dev.holdfast.trials.process.WorkerProcess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What locks in tables are known to get wrong, named after what must not happen. */
final class ScenariosTest {
    @RegisterExtension
    static final PostgresServer postgres = PostgresServer.start();

    @RegisterExtension
    static final MariaDbServer mariaDb = MariaDbServer.start();

    static Place[] servers() {
        return new Place[] {Place.of(postgres), Place.of(mariaDb)};
    }

    static Place[] places() {
        return new Place[] {Place.of(postgres), Place.of(mariaDb), Place.h2InMemory()};
    }

    /** The row says who gave it back, so a repeat that finds nothing to do is no loss. */
    @ParameterizedTest
    @MethodSource("places")
    void release_whoseAnswerWasLost_isAReleaseAndNoLoss(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            JdbcLink link = stage.opened(new JdbcLink(place));
            Holdfast client =
                    stage.opened(Holdfast.builder().backend(link.backend()).open());
            Lease lease = Stage.take(client, "job");
            link.loseNextReply();
            assertThat(lease.release()).isEqualTo(ReleaseResult.RELEASED);
            assertThat(Stage.take(stage.client(), "job").token()).isGreaterThan(lease.token());
        }
    }

    /** A client whose clock is wrong can do no harm, because no time of its clock ever reaches the server. */
    @ParameterizedTest
    @MethodSource("places")
    void clientsClock_isInNoStatement(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            JdbcLink link = stage.opened(new JdbcLink(place));
            Holdfast client =
                    stage.opened(Holdfast.builder().backend(link.backend()).open());
            Holdfast rival = stage.client();
            Lease lease = Stage.take(client, "job");
            CompletableFuture<Lease> next = rival.lock("job").acquireAsync();
            Stage.pause(300);
            lease.release();
            Stage.get(next).release();
            client.lock("job").acquire(Stage.PATIENCE).release();
            long longest = TimeUnit.DAYS.toMicros(1);
            assertThat(link.numbers())
                    .isNotEmpty()
                    .allSatisfy(number -> assertThat(number).isLessThan(longest));
        }
    }

    /** {@code -Dholdfast.deadlocks.seconds=60} makes it longer. */
    @ParameterizedTest
    @MethodSource("places")
    void threads_onFewAndManyNames_meetInNoDeadlockAndAreNeverTwoInside(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            long deadlocks = deadlocks(stage);
            Duration time = Duration.ofMillis(1_000L * Integer.getInteger("holdfast.deadlocks.seconds", 4));
            int[] names = {1, 4, 50};
            for (int few : names) {
                contend(stage, few, time.dividedBy(names.length));
            }
            assertThat(deadlocks(stage)).as("deadlocks that the server counted").isEqualTo(deadlocks);
        }
    }

    private static void contend(Stage stage, int names, Duration time) throws Exception {
        AtomicIntegerArray inside = new AtomicIntegerArray(names);
        List<CompletableFuture<Integer>> loops = new ArrayList<>();
        long end = System.nanoTime() + time.toNanos();
        for (int i = 0; i < 4; i++) {
            Holdfast client = stage.client("lease-time=20s&local-handovers=0");
            for (int thread = 0; thread < 3; thread++) {
                Random random = new Random(i * 3L + thread);
                loops.add(CompletableFuture.supplyAsync(
                        () -> {
                            int cycles = 0;
                            while (System.nanoTime() - end < 0) {
                                int name = random.nextInt(names);
                                Lease lease = client.lock("job-" + name)
                                        .acquireAsync(Stage.PATIENCE)
                                        .join();
                                assertThat(inside.incrementAndGet(name)).isEqualTo(1);
                                inside.decrementAndGet(name);
                                lease.release();
                                cycles++;
                            }
                            return cycles;
                        },
                        task -> new Thread(task).start()));
            }
        }
        int cycles = 0;
        for (CompletableFuture<Integer> loop : loops) {
            cycles += Stage.get(loop);
        }
        assertThat(cycles).isGreaterThan(12);
    }

    private static long deadlocks(Stage stage) {
        return switch (stage.place().name()) {
            case "postgresql" ->
                Long.parseLong(
                        stage.ask("SELECT sum(deadlocks) FROM pg_stat_database").get(0));
            case "mariadb" ->
                Long.parseLong(stage.ask("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS"
                                + " WHERE VARIABLE_NAME = 'INNODB_DEADLOCKS'")
                        .get(0));
            default -> 0;
        };
    }

    /** Drivers count rows in two ways, and a lock that is judged by that count is granted to everybody in one of them. */
    @Test
    void heldLock_howeverTheDriverCountsRows_isBusy() throws Exception {
        try (Stage stage = new Stage(Place.of(mariaDb))) {
            for (String counting : new String[] {"true", "false"}) {
                String name = "job-" + counting;
                Lease lease = Stage.take(stage.client("useAffectedRows=" + counting), name);
                assertThat(stage.client("useAffectedRows=" + counting)
                                .lock(name)
                                .tryAcquire())
                        .isNull();
                assertThat(stage.client().lock(name).tryAcquire()).isNull();
                assertThat(lease.release()).isEqualTo(ReleaseResult.RELEASED);
                assertThat(lease.release()).isEqualTo(ReleaseResult.ALREADY_LOST);
            }
        }
    }

    /** What the server takes for the time, an hour before and an hour after the clocks of Berlin went back. */
    @Test
    void serversTime_whenDaylightSavingEnds_goesOnEvenly() throws Exception {
        Place place = Place.of(mariaDb);
        String now = "SELECT " + new MariaDbDialect("holdfast_lock", "MariaDB").now();
        try (Connection connection = place.connect();
                Statement statement = connection.createStatement()) {
            long summer = at(statement, "+02:00", 1_761_436_800L, now);
            long winter = at(statement, "+01:00", 1_761_440_400L, now);
            assertThat(winter - summer).isEqualTo(TimeUnit.HOURS.toMicros(1));
            assertThat(summer).isEqualTo(TimeUnit.SECONDS.toMicros(1_761_436_800L));
        }
    }

    private static long at(Statement statement, String zone, long second, String now) throws SQLException {
        statement.execute("SET time_zone = '" + zone + "', timestamp = " + second);
        try (ResultSet row = statement.executeQuery(now)) {
            row.next();
            return row.getLong(1);
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void sessions_inDifferentTimeZones_agreeOnTheRestOfALease(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            boolean maria = place.name().equals("mariadb");
            String east = maria ? "sessionVariables=time_zone='%2B10:00'" : "options=-c%20TimeZone=Asia/Tokyo";
            String west = maria ? "sessionVariables=time_zone='-08:00'" : "options=-c%20TimeZone=America/New_York";
            String zoned = maria ? east.replace("%2B", "+") : east;
            Stage.take(stage.client(zoned + "&lease-time=60s"), "job");
            Holdfast other = stage.client(west);
            assertThat(other.lock("job").tryAcquire()).isNull();
            assertThat(other.inspect("job").remaining()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void row_deletedByAnOperator_isMadeAgainWithALargerToken(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            Holdfast client = stage.client("lease-time=3s");
            Lease free = Stage.take(client, "job");
            free.release();
            place.run("DELETE FROM holdfast_lock");
            Lease held = Stage.take(client, "job");
            assertThat(held.token()).isGreaterThan(free.token());
            place.run("DELETE FROM holdfast_lock");
            Stage.get(held.whenLost().toCompletableFuture());
            assertThat(client.lock("job").acquire(Stage.PATIENCE).token()).isGreaterThan(held.token());
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void table_droppedWhileLocksAreHeld_isMadeAgainAndTheLossTold(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            Holdfast client = stage.client("lease-time=3s");
            Lease held = Stage.take(client, "job");
            place.run("DROP TABLE holdfast_lock");
            Stage.get(held.whenLost().toCompletableFuture());
            assertThat(client.lock("job").acquire(Stage.PATIENCE).token()).isGreaterThan(held.token());
        }
    }

    /** Stopped for longer than its lease: at the first call afterwards the lock is lost, and its release frees nobody's. */
    @ParameterizedTest
    @MethodSource("servers")
    void holder_thatWasStopped_knowsAtItsFirstCall(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            WorkerProcess holder = stage.process("lease-time=1s");
            holder.ask("wait job");
            assertThat(holder.ask("token job")).matches("[0-9]+");
            assertThat(holder.ask("watch job")).isEqualTo("watching");
            holder.stop();
            Stage.pause(2_500);
            Lease next = stage.client("lease-time=10s").lock("job").acquire(Stage.PATIENCE);
            holder.resume();
            assertThat(holder.ask("resumed job")).isEqualTo("over");
            assertThat(holder.ask("release job")).isEqualTo("ALREADY_LOST");
            assertThat(next.isHeld()).isTrue();
            assertThat(stage.client().lock("job").tryAcquire()).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void tokens_overReleasesExpiriesAndDeletions_onlyRise(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            Holdfast one = stage.client();
            Holdfast other = stage.client();
            LockOptions shortest =
                    LockOptions.defaults().withLeaseTime(Duration.ofMillis(100)).withAutoRenewal(false);
            long last = 0;
            for (int i = 0; i < 120; i++) {
                Holdfast client = i % 2 == 0 ? one : other;
                Lease lease = i % 10 == 3
                        ? client.lock("job", shortest).acquire(Stage.PATIENCE)
                        : client.lock("job").acquire(Stage.PATIENCE);
                assertThat(lease.token()).isGreaterThan(last);
                last = lease.token();
                if (i % 10 != 3) {
                    lease.release();
                }
                if (i % 10 == 7) {
                    place.run("DELETE FROM holdfast_lock");
                }
            }
        }
    }

    /** Also of a lock whose name no column can hold as it is. */
    @ParameterizedTest
    @MethodSource("places")
    void inspect_ofAHeldLock_tellsWhoSinceWhenAndForHowLong(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            long before = System.currentTimeMillis();
            Holdfast client = stage.client("lease-time=60s&owner-label=me");
            Lease lease = Stage.take(client, "Job \u00e9 \ud83d\ude00 \\ with\u0000nul");
            var info = client.inspect("Job \u00e9 \ud83d\ude00 \\ with\u0000nul");
            assertThat(info.ownerLabel()).isEqualTo("me");
            assertThat(info.token()).hasValue(lease.token());
            assertThat(info.since().toEpochMilli()).isCloseTo(before, within(30_000L));
            assertThat(client.list("Job").map(dev.holdfast.LockInfo::name))
                    .containsExactly("Job \u00e9 \ud83d\ude00 \\ with\u0000nul");
        }
    }
}
