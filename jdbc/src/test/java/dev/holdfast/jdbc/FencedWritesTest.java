// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.MariaDbServer;
import dev.holdfast.testkit.servers.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Writes that a lock protects, in the same data base as the lock. */
final class FencedWritesTest {
    @RegisterExtension
    static final PostgresServer postgres = PostgresServer.start();

    @RegisterExtension
    static final MariaDbServer mariaDb = MariaDbServer.start();

    private static final FencedWrites FENCE = FencedWrites.inTable("holdfast_fence");

    static Place[] places() {
        return new Place[] {Place.of(postgres), Place.of(mariaDb), Place.h2InMemory()};
    }

    private static Stage stage(Place place) throws SQLException {
        Stage stage = new Stage(place);
        String ddl;
        try (Connection connection = place.connect()) {
            ddl = FENCE.ddl(connection);
        }
        place.run(
                "DROP TABLE IF EXISTS holdfast_fence",
                ddl,
                "DROP TABLE IF EXISTS account",
                "CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)",
                "INSERT INTO account VALUES (1, 100)");
        return stage;
    }

    private static Connection transaction(Stage stage) throws SQLException {
        Connection connection = stage.connection();
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        return connection;
    }

    private static void setBalance(Connection transaction, int balance) throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            statement.executeUpdate("UPDATE account SET balance = " + balance + " WHERE id = 1");
        }
    }

    private static void write(Connection transaction, Lease lease, int balance) throws SQLException {
        FENCE.check(transaction, "account/1", lease);
        setBalance(transaction, balance);
        transaction.commit();
    }

    /** The example of the documentation: the holder is stopped for longer than its lease, and goes on as if nothing had happened. */
    @ParameterizedTest
    @MethodSource("places")
    void write_ofAHolderThatWasStopped_isRefused(Place place) throws Exception {
        try (Stage stage = stage(place)) {
            Holdfast stopped = stage.client("lease-time=1s&auto-renewal=false");
            Lease old = Stage.take(stopped, "account/1");
            Connection late = transaction(stage);

            Lease young = stage.client().lock("account/1").acquire(Stage.PATIENCE);
            write(transaction(stage), young, 200);

            assertThatThrownBy(() -> write(late, old, 50)).isInstanceOfSatisfying(StaleTokenException.class, e -> {
                assertThat(e.resource()).isEqualTo("account/1");
                assertThat(e.token()).isEqualTo(old.token());
                assertThat(e).hasMessageContaining("roll the transaction back");
            });
            late.rollback();
            assertThat(stage.ask("SELECT balance FROM account WHERE id = 1")).containsExactly("200");
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void write_ofTheSameLeaseAgain_isAccepted(Place place) throws Exception {
        try (Stage stage = stage(place)) {
            Lease lease = Stage.take(stage.client(), "account/1");
            Connection transaction = transaction(stage);
            write(transaction, lease, 1);
            write(transaction, lease, 2);
            assertThat(stage.ask("SELECT balance FROM account WHERE id = 1")).containsExactly("2");
        }
    }

    /** The older holder checked first, but has not committed: the newer one waits, and what it writes stays. */
    @ParameterizedTest
    @MethodSource("places")
    void check_beforeAnOlderWriteIsCommitted_waitsForIt(Place place) throws Exception {
        try (Stage stage = stage(place)) {
            write(transaction(stage), Stage.take(stage.client(), "account/1"), 100);
            Connection older = transaction(stage);
            Connection newer = transaction(stage);
            long token =
                    Long.parseLong(stage.ask("SELECT token FROM holdfast_fence").get(0));
            FENCE.check(older, "account/1", token + 1);
            CompletableFuture<Void> second = CompletableFuture.runAsync(() -> {
                try {
                    FENCE.check(newer, "account/1", token + 2);
                    setBalance(newer, 300);
                    newer.commit();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Stage.pause(200);
            assertThat(second).isNotDone();
            setBalance(older, 250);
            older.commit();
            Stage.get(second);
            assertThat(stage.ask("SELECT balance FROM account WHERE id = 1")).containsExactly("300");
            assertThatThrownBy(() -> FENCE.check(older, "account/1", token + 1))
                    .isInstanceOf(StaleTokenException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void check_rolledBack_raisesNothing(Place place) throws Exception {
        try (Stage stage = stage(place)) {
            Connection transaction = transaction(stage);
            FENCE.check(transaction, "account/1", 1_000);
            transaction.rollback();
            FENCE.check(transaction, "account/1", 10);
            transaction.commit();
            assertThat(stage.ask("SELECT token FROM holdfast_fence")).containsExactly("10");
            FENCE.check(transaction, "Account/1", 5);
            transaction.commit();
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void check_inAutocommit_isRefused(Place place) throws Exception {
        try (Stage stage = stage(place)) {
            assertThatThrownBy(() -> FENCE.check(stage.connection(), "account/1", 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("setAutoCommit(false)");
        }
    }
}
