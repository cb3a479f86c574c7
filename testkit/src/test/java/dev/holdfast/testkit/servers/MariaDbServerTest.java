// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MariaDbServerTest {
    @RegisterExtension
    static final MariaDbServer mariadb = MariaDbServer.start("--max-connections=37");

    @Test
    void kill_losesItsClientsButNotItsData() throws SQLException {
        try (Connection client = DriverManager.getConnection(mariadb.uri())) {
            assertThat(KilledDatabase.query(client, "SELECT @@max_connections"))
                    .as("the setting")
                    .isEqualTo("37");
            KilledDatabase.survivesAKill(mariadb, client);
        }
    }
}
