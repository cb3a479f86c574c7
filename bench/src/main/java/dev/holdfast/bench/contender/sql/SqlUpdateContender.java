// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.sql;

import com.zaxxer.hikari.HikariDataSource;
import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** No lock: two statements that update a row by its key, each on a connection of the pool and in a transaction of its own. */
public final class SqlUpdateContender extends SqlContender {
    private static final String UPDATE =
            "UPDATE bench_row SET token = token + 1, owner = ?, expires = ? WHERE name = ?";

    /** For the ServiceLoader. */
    public SqlUpdateContender() {
        super("sql-update", "no lock but two UPDATE of a row by its key, through a HikariCP pool: the floor on SQL");
    }

    @Override
    public boolean excludesProcesses(String place) {
        return false;
    }

    @Override
    public boolean excludesThreads() {
        return false;
    }

    @Override
    public Session open(String place) throws SQLException {
        HikariDataSource pool = Pool.open(place);
        Pool.create(
                pool,
                "bench_row (name VARCHAR(100) PRIMARY KEY, token BIGINT NOT NULL, owner VARCHAR(64), expires BIGINT NOT NULL)");
        return new Rows(pool);
    }

    private record Rows(HikariDataSource pool) implements Session {
        @Override
        public Held acquire(String name) throws SQLException {
            if (update("owner", 1, name) == 0) {
                insert(name);
            }
            return () -> update(null, 0, name);
        }

        private int update(@Nullable String owner, long expires, String name) throws SQLException {
            try (Connection connection = pool.getConnection();
                    PreparedStatement statement = connection.prepareStatement(UPDATE)) {
                statement.setString(1, owner);
                statement.setLong(2, expires);
                statement.setString(3, name);
                return statement.executeUpdate();
            }
        }

        /** Once for each name. */
        private void insert(String name) throws SQLException {
            try (Connection connection = pool.getConnection();
                    PreparedStatement statement =
                            connection.prepareStatement("INSERT INTO bench_row VALUES (?, 0, NULL, 0)")) {
                statement.setString(1, name);
                statement.executeUpdate();
            }
        }

        @Override
        public void close() {
            pool.close();
        }
    }
}
