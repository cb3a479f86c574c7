// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class PostgresServerTest {
    @RegisterExtension
    static final PostgresServer postgres = PostgresServer.start("max_connections=37");

    @Test
    void kill_losesItsClientsButNotItsData() throws SQLException {
        try (Connection client = DriverManager.getConnection(postgres.uri())) {
            assertThat(KilledDatabase.query(client, "SHOW max_connections"))
                    .as("the setting")
                    .isEqualTo("37");
            KilledDatabase.survivesAKill(postgres, client);
        }
    }

    @Test
    void jvmIsKilledWhileItIsPaused_itsStoppedChildrenEndToo() throws Exception {
        try (ServerChild child = ServerChild.run("paused postgres", Map.of())) {
            List<Long> pids = child.processes();
            assertThat(pids).hasSizeGreaterThan(3).anyMatch(LifetimeTest::lives);
            child.process().destroyForcibly().waitFor();
            assertThat(Waiting.until(() -> pids.stream().noneMatch(LifetimeTest::lives), Duration.ofSeconds(10)))
                    .isTrue();
        }
    }
}
