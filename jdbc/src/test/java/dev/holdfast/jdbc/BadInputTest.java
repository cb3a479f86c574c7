// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.Tier;
import dev.holdfast.testkit.servers.MariaDbServer;
import dev.holdfast.testkit.servers.PostgresServer;
import dev.holdfast.trials.loopback.LoopbackPorts;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with a URI, a data base, its table or a login has a message of its own. */
final class BadInputTest {
    @RegisterExtension
    static final PostgresServer postgres = PostgresServer.start();

    @RegisterExtension
    static final MariaDbServer mariaDb = MariaDbServer.start();

    @TempDir
    Path directory;

    static Place[] servers() {
        return new Place[] {Place.of(postgres), Place.of(mariaDb)};
    }

    static Place[] places() {
        return new Place[] {Place.of(postgres), Place.of(mariaDb), Place.h2InMemory()};
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:h2:mem:x?table=1x|a name out of letters",
                "jdbc:h2:mem:x?table=a;drop|a name out of letters",
                "jdbc:h2:mem:x?connections=0|from 1 to 64",
                "jdbc:h2:mem:x?connections=many|no whole number",
                "jdbc:h2:mem:x?create-table=perhaps|true or false",
                "jdbc:h2:mem:x?createTable=false|create-table",
                "jdbc:h2:mem:x?lease-tme=3s|lease-time",
                "jdbc:h2:mem:x?listen=0|true or false",
                "jdbc:oracle:thin:x|jdbc:oracle",
            })
    void uri_wrong_isRefusedBeforeAnyRequest(String uri, String says) {
        assertThatThrownBy(() -> Holdfast.open(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
    }

    private static void refused(String uri, String... says) {
        long before = System.nanoTime();
        assertThatThrownBy(() -> Holdfast.open(uri)).isInstanceOfSatisfying(BackendException.class, e -> {
            assertThat(e).hasMessageContainingAll(says);
            assertThat(e.getMessage()).doesNotContain("hunter2");
        });
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void driver_missing_isNamedWithItsArtifact() {
        refused("jdbc:mysql://127.0.0.1:1/test", "No JDBC driver", "com.mysql:mysql-connector-j");
    }

    @ParameterizedTest
    @CsvSource({"jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres", "jdbc:mariadb://127.0.0.1:%d/test?user=root"})
    void server_notThere_isAnOutage(String uri) {
        refused(String.format(uri, LoopbackPorts.free(1)[0]), "no connection", "does not run");
    }

    @Test
    void database_unknown_isNamed() {
        refused(postgres.uri().replace("/postgres?", "/nowhere?"), "no such data base");
        refused(mariaDb.uri().replace("/test?", "/nowhere?") + "&sslMode=disable", "no such data base");
        refused("jdbc:h2:file:" + directory.resolve("none") + ";IFEXISTS=TRUE", "no such data base");
    }

    @Test
    void login_wrong_isRefusedWithoutShowingIt() {
        refused(postgres.uri().replace("user=postgres", "user=nobody1&password=hunter2"), "refuses the login");
        refused(
                mariaDb.uri().replace("user=root", "user=nobody1&password=hunter2") + "&sslMode=disable",
                "refuses the login");
    }

    @ParameterizedTest
    @MethodSource("places")
    void table_missingAndNotToBeMade_isAnErrorWithItsStatement(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            refused(
                    place.uri("create-table=false"),
                    "there is no table holdfast_lock",
                    "CREATE TABLE IF NOT EXISTS holdfast_lock");
            String ddl = ddlIn(place);
            place.run(ddl);
            Stage.take(stage.client("create-table=false"), "job");
        }
    }

    /** As somebody would copy it out of the message. */
    private static String ddlIn(Place place) {
        try {
            Holdfast.open(place.uri("create-table=false")).close();
            throw new AssertionError("it was opened");
        } catch (BackendException e) {
            String message = e.getMessage();
            String start = "CREATE TABLE";
            return message.substring(message.indexOf(start));
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void table_ofAnotherShape_isRefused(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            place.run("CREATE TABLE holdfast_lock (name VARCHAR(10), something INT)");
            refused(stage.place().uri("lease-time=1s"), "other columns", "holdfast_lock");
            Stage.take(stage.client("table=holdfast_lock2"), "job");
            place.run("DROP TABLE holdfast_lock", "DROP TABLE holdfast_lock2");
        }
    }

    private static String asGuest(Place place) {
        boolean maria = place.name().equals("mariadb");
        place.run(
                maria
                        ? new String[] {"CREATE OR REPLACE USER guest@'%' IDENTIFIED BY 'hunter2'"}
                        : new String[] {"DROP ROLE IF EXISTS guest", "CREATE ROLE guest LOGIN PASSWORD 'hunter2'"});
        if (maria) {
            // Everybody may do everything in the data base test.
            place.run("CREATE DATABASE IF NOT EXISTS locks", "GRANT SELECT ON locks.* TO guest@'%'");
        }
        return place.uri()
                .replace("/test?", "/locks?")
                .replace(maria ? "user=root" : "user=postgres", "user=guest&password=hunter2");
    }

    @ParameterizedTest
    @MethodSource("servers")
    void right_toMakeTheTableMissing_isAnErrorWithItsStatement(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            refused(
                    asGuest(stage.place()),
                    "may not do that",
                    "Grant SELECT, INSERT and UPDATE",
                    "CREATE TABLE IF NOT EXISTS");
        }
    }

    @Test
    void right_toWriteMissing_isAnError() throws Exception {
        Place place = Place.of(postgres);
        try (Stage stage = new Stage(place)) {
            Stage.take(stage.client(), "job");
            refused(asGuest(place), "may not do that", "Grant SELECT, INSERT and UPDATE");
            place.run("GRANT SELECT, INSERT, UPDATE ON holdfast_lock TO guest");
            Holdfast guest = stage.opened(Holdfast.open(asGuestAgain(place)));
            Stage.take(guest, "job2").release();
        } finally {
            place.run("DROP TABLE holdfast_lock", "DROP ROLE IF EXISTS guest");
        }
    }

    private static String asGuestAgain(Place place) {
        return place.uri().replace("user=postgres", "user=guest&password=hunter2");
    }

    @Test
    void server_thatTakesNoWrites_isNoPlaceForLocks() throws Exception {
        Place place = Place.of(postgres);
        try (Stage stage = new Stage(place)) {
            Stage.take(stage.client(), "job");
            refused(
                    place.uri("options=-c%20default_transaction_read_only=on"),
                    "takes no writes",
                    "locks need the primary");
        }
    }

    @Test
    void mariaDb_readOnly_isNoPlaceForLocks() throws Exception {
        Place place = Place.of(mariaDb);
        try (Stage stage = new Stage(place)) {
            Stage.take(stage.client(), "job");
            place.run("CREATE OR REPLACE USER guest@'%' IDENTIFIED BY 'hunter2'", "GRANT ALL ON test.* TO guest@'%'");
            place.run("SET GLOBAL read_only = 1");
            refused(place.uri().replace("user=root", "user=guest&password=hunter2"), "takes no writes");
        } finally {
            place.run("SET GLOBAL read_only = 0");
        }
    }

    /** A pool whose data base says that it is another one. */
    private static TestPool poolOf(Place place, String product, String version) {
        return new TestPool(2, 1_000, () -> {
            Connection real = place.connect();
            return (Connection) Proxy.newProxyInstance(
                    BadInputTest.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (self, method, arguments) -> {
                        Object result = method.invoke(real, arguments);
                        return result instanceof DatabaseMetaData data ? saying(data, product, version) : result;
                    });
        });
    }

    private static DatabaseMetaData saying(DatabaseMetaData data, String product, String version) {
        return (DatabaseMetaData) Proxy.newProxyInstance(
                BadInputTest.class.getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "getDatabaseProductName" -> product;
                    case "getDatabaseProductVersion" -> version;
                    default -> method.invoke(data, arguments);
                });
    }

    @Test
    void product_unknown_isNamed() {
        assertThatThrownBy(() -> Holdfast.builder()
                        .backend(new JdbcBackend(poolOf(Place.h2InMemory(), "Oracle", "19c")))
                        .open())
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("Oracle 19c")
                .hasMessageContaining("PostgreSQL, MariaDB, MySQL and H2");
    }

    @Test
    void product_tooOld_isNamed() {
        assertThatThrownBy(() -> Holdfast.builder()
                        .backend(new JdbcBackend(poolOf(Place.h2InMemory(), "H2", "1.4.200")))
                        .open())
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("1.4.200")
                .hasMessageContaining("2.0 or later");
    }

    /** What H2 says to all but one of the processes that open a file in the same moment. */
    @Test
    void file_beingOpenedByAnotherProcess_isOpenedAMomentLater() throws Exception {
        String uri = "jdbc:h2:mem:opened";
        Driver real = DriverManager.getDriver(uri);
        AtomicInteger refusals = new AtomicInteger(3);
        Driver busy = (Driver) Proxy.newProxyInstance(
                BadInputTest.class.getClassLoader(), new Class<?>[] {Driver.class}, (self, method, arguments) -> {
                    if (method.getName().equals("connect") && refusals.getAndDecrement() > 0) {
                        throw new SQLException("Lock file recently modified", "08000", 8_000);
                    }
                    return method.invoke(real, arguments);
                });
        try (Holdfast locks =
                Holdfast.builder().backend(new JdbcBackend(busy, uri)).open()) {
            assertThat(Stage.take(locks, "job").isHeld()).isTrue();
        }
    }

    @Test
    void file_openInAnotherProcess_isExplained() {
        SQLException inUse = new SQLException("Database may be already in use", "90020", 90020);
        assertThat(new Faults("jdbc:h2:file:/x", "holdfast_lock")
                        .of(null, "open the locks", FaultKind.of(inUse), inUse, null))
                .hasMessageContaining("AUTO_SERVER=TRUE");
    }

    @ParameterizedTest
    @MethodSource("servers")
    void server_thatRestarted_isUsedAgain(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            Holdfast client = stage.client("lease-time=30s");
            Lease lease = Stage.take(client, "job");
            place.restarting().accept(true);
            assertThat(lease.isHeld()).isTrue();
            assertThat(client.lock("other").acquire(Stage.PATIENCE).isHeld()).isTrue();
            lease.release();
            assertThat(client.lock("job").acquire(Stage.PATIENCE).token()).isGreaterThan(lease.token());
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void row_lockedBySomebodyElse_isToldAndOthersGoOn(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            Holdfast client = stage.client("lease-time=3s");
            Stage.take(client, "locked").release();
            Lease kept = Stage.take(client, "kept");
            Lease hit = Stage.take(client, "hit");
            try (Connection foreign = stage.place().connect()) {
                foreign.setAutoCommit(false);
                try (var statement = foreign.createStatement()) {
                    statement.executeUpdate(
                            "UPDATE holdfast_lock SET lease_us = lease_us WHERE name IN ('locked', 'hit')");
                }
                long before = System.nanoTime();
                assertThatThrownBy(() -> client.lock("locked").tryAcquire())
                        .isInstanceOfSatisfying(
                                BackendException.class,
                                e -> assertThat(e.isTransient()).isTrue());
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
                assertThatThrownBy(() -> client.lock("locked").acquire(Duration.ofSeconds(4)))
                        .hasMessageContaining("somebody else's transaction");
                Stage.get(hit.whenLost().toCompletableFuture());
                assertThat(kept.isHeld()).as("a lease whose row nobody locked").isTrue();
                foreign.rollback();
            }
            assertThat(client.lock("locked").acquire(Stage.PATIENCE).isHeld()).isTrue();
        }
    }

    /** The servers of the tests do not wait for the disk. */
    @Test
    void tier_ofAServerThatMayForgetCommits_isE() throws Exception {
        try (Stage stage = new Stage(Place.of(postgres))) {
            assertThat(stage.client().tier()).isEqualTo(Tier.E);
            assertThatThrownBy(() -> stage.client("require=L")).isInstanceOf(IllegalArgumentException.class);
        }
        try (Stage stage = new Stage(Place.of(mariaDb))) {
            assertThat(stage.client().tier()).isEqualTo(Tier.E);
            stage.place().run("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
            assertThat(stage.client().tier()).isEqualTo(Tier.L);
        } finally {
            Place.of(mariaDb).run("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        }
        try (Stage stage = new Stage(Place.h2InMemory())) {
            assertThat(stage.client().tier()).isEqualTo(Tier.L);
        }
        String file = "jdbc:h2:file:" + directory.resolve("tier");
        try (Holdfast one = Holdfast.open(file)) {
            assertThat(one.tier()).isEqualTo(Tier.E);
        }
        try (Holdfast one = Holdfast.open(file + "2;WRITE_DELAY=0")) {
            assertThat(one.tier()).isEqualTo(Tier.L);
        }
    }

    @Test
    void options_asText_areReadable() {
        assertThat(List.of(JdbcOptions.defaults().toString()))
                .containsExactly(
                        "JdbcOptions[table=holdfast_lock, createTable=true, connections=4, listen=true, doorbell=false, mode=ROW, sessionTimeout=PT30S]");
    }
}
