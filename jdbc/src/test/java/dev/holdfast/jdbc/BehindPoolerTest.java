// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.PgBouncer;
import dev.holdfast.testkit.servers.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;

/** Locks through a real pooler, which answers each transaction of a connection on another one of the server's. */
final class BehindPoolerTest {
    private static final int NAMES = 4;
    private static final int CYCLES = 60;

    @RegisterExtension
    static final PostgresServer postgres = PostgresServer.start();

    @RegisterExtension
    static final PgBouncer pooler = PgBouncer.before(postgres, 3);

    private final Place place = new Place("postgresql", pooler.uri(), null, keepData -> {});

    /** A driver that prepares statements at the server after some runs would find those of other clients under its numbers. */
    @Test
    void clientsBehindOnePooler_excludeEachOtherWithoutError() throws Exception {
        try (Stage stage = new Stage(place)) {
            AtomicIntegerArray inside = new AtomicIntegerArray(NAMES);
            List<CompletableFuture<Integer>> loops = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Holdfast client = stage.client("lease-time=2s&local-handovers=0");
                for (int thread = 0; thread < 2; thread++) {
                    loops.add(CompletableFuture.supplyAsync(
                            () -> cycles(client, inside), task -> new Thread(task).start()));
                }
            }
            for (CompletableFuture<Integer> loop : loops) {
                assertThat(Stage.get(loop)).isEqualTo(CYCLES);
            }
        }
    }

    private static int cycles(Holdfast client, AtomicIntegerArray inside) {
        int done = 0;
        while (done < CYCLES) {
            int name = done % NAMES;
            Lease lease =
                    client.lock("job-" + name).acquireAsync(Stage.PATIENCE).join();
            assertThat(inside.incrementAndGet(name)).isEqualTo(1);
            inside.decrementAndGet(name);
            lease.release();
            done++;
        }
        return done;
    }

    @Test
    void heldLock_isRenewed() throws Exception {
        try (Stage stage = new Stage(place)) {
            Lease lease = Stage.take(stage.client("lease-time=2s"), "job");
            Stage.pause(5_000);
            assertThat(lease.isHeld()).isTrue();
            assertThat(stage.client().lock("job").tryAcquire()).isNull();
            lease.release();
        }
    }

    /** Whatever is set for a connection of the pooler's would meet whoever is given the server's connection next. */
    @Test
    void settings_meetNobodyElse() throws Exception {
        try (Stage stage = new Stage(place)) {
            Stage.take(stage.client(), "job").release();
            for (int i = 0; i < 10; i++) {
                assertThat(ask("SHOW lock_timeout")).isEqualTo("0");
            }
        }
    }

    private static String ask(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(pooler.uri());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void dataSourceBehindPooler_worksAndIsLeftAsItWas() throws Exception {
        try (Stage stage = new Stage(place);
                TestPool pool = new TestPool(4, 5_000, place::connect)) {
            Holdfast client = stage.client(pool, JdbcOptions.defaults());
            for (int i = 0; i < 20; i++) {
                Stage.take(client, "job").release();
            }
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.unwrap(PGConnection.class).getPrepareThreshold())
                        .isEqualTo(5);
            }
        }
    }

    @Test
    void lockOfASession_isRefused() {
        assertThatThrownBy(() -> Holdfast.open(place.uri("mode=session")))
                .isInstanceOf(BackendException.class)
                .hasMessageContainingAll("pooler in transaction mode", "mode=row");
    }
}
