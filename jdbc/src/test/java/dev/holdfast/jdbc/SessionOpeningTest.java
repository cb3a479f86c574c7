// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.Tier;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.testkit.servers.MariaDbServer;
import dev.holdfast.testkit.servers.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where locks cannot end with a connection, or would not, the client is not opened. */
final class SessionOpeningTest {
    private static final String SESSIONS = "mode=session&session-timeout=3s";

    @RegisterExtension
    static final PostgresServer postgres = PostgresServer.start();

    @RegisterExtension
    static final MariaDbServer mariaDb = MariaDbServer.start();

    static Place[] places() {
        return new Place[] {Place.of(postgres), Place.of(mariaDb)};
    }

    private static void refused(LockBackend backend, String... why) {
        assertThatThrownBy(() -> Holdfast.builder().backend(backend).open().close())
                .isInstanceOfSatisfying(BackendException.class, e -> {
                    assertThat(e.isTransient()).isFalse();
                    assertThat(e).hasMessageContainingAll("mode=session", "mode=row");
                    assertThat(e).hasMessageContainingAll(why);
                });
    }

    @ParameterizedTest
    @MethodSource("places")
    void pooler_inTransactionMode_isRefused(Place place) throws Exception {
        for (int size = 1; size <= 3; size++) {
            try (FakePooler pooler = new FakePooler(place, size)) {
                refused(pooler.backend(SESSIONS), "pooler in transaction mode");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void limitThatIsSwallowed_isRefused(Place place) throws Exception {
        refused(
                TamperedDriver.backend(
                        place,
                        SESSIONS,
                        sql -> sql.startsWith("SET SESSION wait_timeout")
                                ? "DO 1"
                                : sql.replace("set_config('idle_session_timeout', ?, false)", "?")),
                "3000 ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CockroachDB CCL v23.1", "PostgreSQL 11.2-YB-2.20 YugabyteDB"})
    void otherServersThatSpeakLikePostgres_areRefused(String version) throws Exception {
        refused(
                TamperedDriver.backend(
                        Place.of(postgres),
                        SESSIONS,
                        sql -> sql.replace("SELECT version()", "SELECT '" + version + "'")),
                version);
    }

    @Test
    void postgresBefore14_isRefused() throws Exception {
        refused(
                TamperedDriver.backend(
                        Place.of(postgres), SESSIONS, sql -> sql.replace("SHOW server_version_num", "SELECT '130012'")),
                "version 14");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.0.36", "10.2.44-MariaDB"})
    void mySqlAndOldMariaDb_areRefused(String version) throws Exception {
        refused(
                TamperedDriver.backend(
                        Place.of(mariaDb),
                        SESSIONS,
                        sql -> sql.replace("SELECT VERSION()", "SELECT '" + version + "'")),
                "10.3");
    }

    @Test
    void h2_isRefused() {
        refused(JdbcBackend.of("jdbc:h2:mem:sessions?mode=session"), "H2");
    }

    @ParameterizedTest
    @MethodSource("places")
    void fenceThatMayNotBeMade_isNamedWithWhatMakesIt(Place place) {
        place.run("DROP SEQUENCE IF EXISTS holdfast_lock_fence");
        assertThatThrownBy(() -> Holdfast.open(place.uri(SESSIONS + "&create-table=false")))
                .isInstanceOf(BackendException.class)
                .hasMessageContainingAll("holdfast_lock_fence", "CREATE SEQUENCE");
    }

    @ParameterizedTest
    @MethodSource("places")
    void sessionTimeout_isTheLeaseTime(Place place) throws Exception {
        try (Holdfast client = Holdfast.open(place.uri("mode=session&lease-time=2500ms"))) {
            Lease lease = client.lock("job").acquire(Stage.PATIENCE);
            boolean seconds = place.name().equals("mariadb");
            assertThat(lease.leaseTime()).isEqualTo(seconds ? Duration.ofSeconds(3) : Duration.ofMillis(2_500));
            assertThat(client.tier()).isEqualTo(seconds ? Tier.L : Tier.E);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=sessions", "session-timeout=3s", "mode=session&session-timeout=10ms"})
    void wrongParameters_areRefusedBeforeAnythingIsAsked(String parameters) {
        assertThatThrownBy(() -> JdbcBackend.of(Place.of(postgres).uri(parameters)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
