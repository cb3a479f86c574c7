// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.testkit.servers.MariaDbServer;
import dev.holdfast.testkit.servers.PostgresServer;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Locks on connections of the user's pool. */
final class PoolTest {
    @RegisterExtension
    static final PostgresServer postgres = PostgresServer.start();

    @RegisterExtension
    static final MariaDbServer mariaDb = MariaDbServer.start();

    static Place[] places() {
        return new Place[] {Place.of(postgres), Place.of(mariaDb), Place.h2InMemory()};
    }

    private static TestPool pool(Stage stage, int size) {
        return stage.opened(new TestPool(size, 1_000, stage.place()::connect));
    }

    @ParameterizedTest
    @MethodSource("places")
    void locks_ofTheUsersPool_areThoseOfTheUri(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            TestPool pool = pool(stage, 4);
            Holdfast pooled = stage.client(pool, JdbcOptions.defaults());
            Lease lease = Stage.take(pooled, "job");
            assertThat(stage.client().lock("job").tryAcquire()).isNull();
            CompletableFuture<Lease> next = stage.client().lock("job").acquireAsync();
            Stage.pause(300);
            lease.release();
            Stage.get(next).release();
            assertThat(pooled.lock("job").acquire(Stage.PATIENCE).token()).isGreaterThan(lease.token());
        }
    }

    /** Requests run on other threads and connections than the caller's, so neither sees the other's transaction. */
    @ParameterizedTest
    @MethodSource("places")
    void acquire_insideTheCallersTransaction_isNoPartOfIt(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            place.run("DROP TABLE IF EXISTS note", "CREATE TABLE note (id INT)");
            TestPool pool = pool(stage, 5);
            Holdfast pooled = stage.client(pool, JdbcOptions.defaults());
            try (Connection caller = pool.getConnection()) {
                caller.setAutoCommit(false);
                try (Statement statement = caller.createStatement()) {
                    statement.executeUpdate("INSERT INTO note VALUES (1)");
                }
                Lease lease = Stage.take(pooled, "job");
                assertThat(stage.client().lock("job").tryAcquire())
                        .as("seen by others at once")
                        .isNull();
                caller.rollback();
                assertThat(lease.isHeld()).isTrue();
                assertThat(stage.client().lock("job").tryAcquire())
                        .as("after the rollback")
                        .isNull();
                caller.setAutoCommit(true);
            }
            assertThat(stage.ask("SELECT id FROM note")).isEmpty();
        }
    }

    /** The lock is taken at the server then, and the answer of the server is not known to anybody. */
    @ParameterizedTest
    @MethodSource("places")
    void poolThatThrowsAfterTheLockWasTaken_isToldAtOnce_andNothingIsLeft(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            for (Throwable next : List.of(new IllegalStateException("a bug"), new NoClassDefFoundError("a jar"))) {
                Holdfast pooled = stage.client(throwing(pool(stage, 8), thrown), JdbcOptions.defaults());
                thrown.set(next);
                assertThatThrownBy(() -> pooled.lock("job").tryAcquire())
                        .isInstanceOf(BackendException.class)
                        .hasMessageContaining("threw")
                        .hasRootCause(next);
                assertThat(stage.client().lock("job").tryAcquire(Stage.PATIENCE))
                        .as("long before the lease ends")
                        .isNotNull()
                        .satisfies(Lease::release);
            }
        }
    }

    /** A pool whose connections throw once, after they went back. */
    private static DataSource throwing(DataSource pool, AtomicReference<Throwable> thrown) {
        return (DataSource) Proxy.newProxyInstance(
                PoolTest.class.getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                    Object answer = TamperedDriver.invoke(pool, method, arguments);
                    return answer instanceof Connection connection ? throwing(connection, thrown) : answer;
                });
    }

    private static Connection throwing(Connection connection, AtomicReference<Throwable> thrown) {
        return (Connection) Proxy.newProxyInstance(
                PoolTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    Object answer = TamperedDriver.invoke(connection, method, arguments);
                    Throwable now = method.getName().equals("close") ? thrown.getAndSet(null) : null;
                    if (now != null) {
                        throw now;
                    }
                    return answer;
                });
    }

    @ParameterizedTest
    @MethodSource("places")
    void connection_thatCameInAnotherState_goesBackInIt(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            TestPool pool = stage.opened(new TestPool(1, 1_000, () -> {
                Connection connection = stage.place().connect();
                connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                connection.setAutoCommit(false);
                return connection;
            }));
            Holdfast pooled = stage.client(pool, JdbcOptions.defaults());
            Stage.take(pooled, "job").release();
            try (Connection after = pool.getConnection()) {
                assertThat(after.getAutoCommit()).isFalse();
                assertThat(after.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
                after.rollback();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void pool_ofSerializableConnections_raisesNoConflicts(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            TestPool pool = stage.opened(new TestPool(8, 5_000, () -> {
                Connection connection = stage.place().connect();
                connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                return connection;
            }));
            List<Holdfast> clients = List.of(
                    stage.client(pool, JdbcOptions.defaults().withConnections(2).withListen(false)),
                    stage.client(pool, JdbcOptions.defaults().withConnections(2).withListen(false)));
            List<CompletableFuture<Integer>> loops = new ArrayList<>();
            for (Holdfast client : clients) {
                for (int thread = 0; thread < 3; thread++) {
                    loops.add(CompletableFuture.supplyAsync(() -> cycles(client, 15)));
                }
            }
            for (CompletableFuture<Integer> loop : loops) {
                assertThat(Stage.get(loop)).isEqualTo(15);
            }
        }
    }

    private static int cycles(Holdfast client, int times) {
        for (int i = 0; i < times; i++) {
            client.lock("job").acquireAsync(Stage.PATIENCE).join().release();
        }
        return times;
    }

    @ParameterizedTest
    @MethodSource("places")
    void pool_ofOneConnectionThatIsInUse_isAnOutageInTime(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            TestPool pool = stage.opened(new TestPool(1, 30_000, stage.place()::connect));
            Holdfast pooled = stage.client(pool, JdbcOptions.defaults());
            Connection taken = pool.getConnection();
            long before = System.nanoTime();
            assertThatThrownBy(() -> pooled.lock("job").tryAcquire())
                    .isInstanceOfSatisfying(
                            BackendException.class,
                            e -> assertThat(e.isTransient()).isTrue());
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
            taken.close();
            assertThat(pooled.lock("job").acquire(Stage.PATIENCE).isHeld()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void pool_thatSaysThatItIsEmpty_isQuoted(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            TestPool pool = stage.opened(new TestPool(1, 200, stage.place()::connect));
            Holdfast pooled = stage.client(pool, JdbcOptions.defaults());
            Connection taken = pool.getConnection();
            assertThatThrownBy(() -> pooled.lock("job").tryAcquire())
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("the pool has none left")
                    .hasMessageContaining("Connection is not available");
            taken.close();
        }
    }

    /** The program uses up its own pool for longer than a lease time: the lock's lease is renewed all the same. */
    @ParameterizedTest
    @MethodSource("places")
    void pool_usedUpByTheProgram_costsNoLease(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            TestPool pool = stage.opened(new TestPool(4, 200, stage.place()::connect));
            Holdfast pooled = stage.client(pool, JdbcOptions.defaults());
            Lease lease = pooled.lock("job", LockOptions.defaults().withLeaseTime(Duration.ofSeconds(2)))
                    .tryAcquire();
            Stage.pause(1_200);
            List<Connection> taken = new ArrayList<>();
            assertThatThrownBy(() -> {
                        while (true) {
                            taken.add(pool.getConnection());
                        }
                    })
                    .isInstanceOf(SQLException.class);
            assertThat(taken).isNotEmpty();
            Stage.pause(4_000);
            assertThat(lease.isHeld()).isTrue();
            for (Connection connection : taken) {
                connection.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void client_thatIsClosed_givesAllConnectionsBack(Place place) throws Exception {
        try (Stage stage = new Stage(place)) {
            TestPool pool = pool(stage, 4);
            Holdfast pooled = stage.client(pool, JdbcOptions.defaults());
            Lease lease = pooled.lock("job", LockOptions.defaults().withLeaseTime(Duration.ofSeconds(2)))
                    .tryAcquire();
            CompletableFuture<Lease> waiter =
                    stage.client(pool, JdbcOptions.defaults()).lock("job").acquireAsync();
            Stage.pause(1_500);
            lease.release();
            Stage.get(waiter).release();
            pooled.close();
            stage.close();
            await().atMost(Stage.PATIENCE).until(() -> pool.lent() == 0);
        }
    }
}
