// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.sql;

import com.zaxxer.hikari.HikariDataSource;
import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The data base's own lock of a session, pg_advisory_lock or GET_LOCK, on a connection that a pool lends until the release. */
public final class SqlLockContender extends SqlContender {
    private static final String[] POSTGRES = {
        "SELECT 1 FROM pg_advisory_lock(hashtextextended(?, 0))",
        "SELECT CASE WHEN pg_advisory_unlock(hashtextextended(?, 0)) THEN 1 END"
    };
    private static final String[] MARIADB = {"SELECT GET_LOCK(?, 1000000)", "SELECT RELEASE_LOCK(?)"};

    /** For the ServiceLoader. */
    public SqlLockContender() {
        super("sql-lock", "pg_advisory_lock or GET_LOCK on a connection of a HikariCP pool");
    }

    @Override
    public Session open(String place) {
        return new Locks(Pool.open(place), Pool.isPostgres(place) ? POSTGRES : MARIADB);
    }

    private static final class Locks implements Session {
        private final HikariDataSource pool;
        private final String take;
        private final String release;

        Locks(HikariDataSource pool, String[] statements) {
            this.pool = pool;
            take = statements[0];
            release = statements[1];
        }

        @Override
        public Held acquire(String name) throws SQLException {
            Connection connection = pool.getConnection();
            try {
                say(connection, take, name);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
            return () -> {
                try (connection) {
                    say(connection, release, name);
                }
            };
        }

        private static void say(Connection connection, String sql, String name) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, name);
                try (ResultSet answer = statement.executeQuery()) {
                    if (!answer.next() || answer.getInt(1) != 1) {
                        throw new SQLException("no success: " + sql);
                    }
                }
            }
        }

        @Override
        public void close() {
            pool.close();
        }
    }
}
