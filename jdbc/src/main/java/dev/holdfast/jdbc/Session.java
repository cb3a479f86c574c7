// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection for the statements of one request, each of which has a limit at the server and one on the network. The server's comes first:
 * it takes back what waits for a row that somebody else has locked, while a broken network says nothing more about it.
 */
final class Session {
    private static final long SECOND = 1_000_000_000L;
    private static final int SLACK_MILLIS = 250;

    private final Connection connection;
    private final int seconds;
    private final String limit;

    private Session(Connection connection, int seconds, String limit) {
        this.connection = connection;
        this.seconds = seconds;
        this.limit = limit;
    }

    /** For statements that may take some time, and whose limits are those of JDBC: whole seconds. */
    static Session of(Connection connection, long nanos) throws SQLException {
        return of(connection, nanos, null);
    }

    /** The dialect may know a finer limit, which comes before the caller gives up, so that he hears the reason. */
    static Session of(Connection connection, long nanos, @Nullable Dialect dialect) throws SQLException {
        int seconds = (int) Math.max(1, Math.min(3_600, (nanos + SECOND - 1) / SECOND));
        String limit = dialect == null ? "" : dialect.limit(nanos / 1_000_000 * 3 / 4);
        try {
            connection.setNetworkTimeout(Runnable::run, seconds * 1_000 + SLACK_MILLIS);
        } catch (SQLFeatureNotSupportedException e) {
            // An embedded data base has no network.
            return new Session(connection, seconds, limit);
        }
        return new Session(connection, seconds, limit);
    }

    Connection connection() {
        return connection;
    }

    /** Reads a row. */
    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    <T> List<T> query(String sql, Reader<T> reader, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(limit + sql)) {
            bind(statement, values);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> all = new ArrayList<>();
                while (rows.next()) {
                    all.add(reader.read(rows));
                }
                return all;
            }
        }
    }

    int update(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(limit + sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    /** The number that the statement generated, or 0 if it changed nothing. */
    long updateForKey(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(limit + sql, Statement.RETURN_GENERATED_KEYS)) {
            bind(statement, values);
            if (statement.executeUpdate() == 0) {
                return 0;
            }
            try (ResultSet keys = statement.getGeneratedKeys()) {
                return keys.next() ? keys.getLong(1) : 0;
            }
        }
    }

    /** The same statement with many values; how many rows each of them changed. */
    int[] batch(String sql, List<String[]> all) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (String[] values : all) {
                bind(statement, (Object[]) values);
                statement.addBatch();
            }
            return statement.executeBatch();
        }
    }

    void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(seconds);
            statement.execute(sql);
        }
    }

    private void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        if (limit.isEmpty()) {
            statement.setQueryTimeout(seconds);
        }
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value instanceof Long number) {
                statement.setLong(i + 1, number);
            } else if (value instanceof String[] texts) {
                statement.setArray(i + 1, connection.createArrayOf("text", texts));
            } else {
                statement.setString(i + 1, (String) value);
            }
        }
    }
}
