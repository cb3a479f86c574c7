// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.sql;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** How every contender on SQL gets its connections. */
final class Pool {
    /** More than threads of a process that are at work, and with four processes less than the server allows. */
    private static final int CONNECTIONS = 20;

    /** A thread may wait for its connection as long as for its lock. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private Pool() {}

    static HikariDataSource open(String url) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setMaximumPoolSize(CONNECTIONS);
        pool.setConnectionTimeout(LONGEST_WAIT.toMillis());
        return pool;
    }

    static boolean isPostgres(String url) {
        return url.startsWith("jdbc:postgresql:");
    }

    /** Makes a table, unless another worker has. */
    static void create(HikariDataSource pool, String table) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS " + table);
        } catch (SQLException e) {
            // PostgreSQL says so when two make it at the same instant.
            if (!"23505".equals(e.getSQLState()) && !"42P07".equals(e.getSQLState())) {
                throw e;
            }
        }
    }
}
