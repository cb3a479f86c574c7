// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What every data base must stand. */
final class KilledDatabase {
    private KilledDatabase() {}

    static void survivesAKill(SingleServer server, Connection client) throws SQLException {
        execute(client, "CREATE TABLE kept (n INT)");
        execute(client, "INSERT INTO kept VALUES (42)");
        server.kill();
        assertThatThrownBy(() -> query(client, "SELECT n FROM kept")).isInstanceOf(SQLException.class);
        server.restart();
        try (Connection next = DriverManager.getConnection(server.uri())) {
            assertThat(query(next, "SELECT n FROM kept")).isEqualTo("42");
            server.restart();
            assertThatThrownBy(() -> query(next, "SELECT 1"))
                    .as("stopped in order in spite of a client")
                    .isInstanceOf(SQLException.class);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }
}
