// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
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
}
