// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A pooler between the driver and a PostgreSQL, which may answer each transaction of a connection on another one of the server's. There a
 * prepared statement of the driver's is missing, or is that of another client under the same number, which would be run in its place; and a
 * setting of the session meets others. So statements must not be prepared at the server, and nothing be set.
 */
final class PostgresPooler {
    private static final String CONNECTION = "org.postgresql.PGConnection";

    private PostgresPooler() {}

    /**
     * Whether the process that the driver was told of in the greeting is not the one that answers. A pooler makes numbers up, because it may
     * have no connection of the server's yet.
     */
    static boolean isBetween(Connection connection) throws SQLException {
        Integer told = (Integer) call(connection, "getBackendPID");
        if (told == null) {
            return false;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            return !row.next() || row.getInt(1) != told;
        }
    }

    /** After how many runs the driver prepares a statement at the server; null if that is not known. */
    static @Nullable Integer preparesAfter(Connection connection) throws SQLException {
        return (Integer) call(connection, "getPrepareThreshold");
    }

    /** 0 for never. */
    static void prepareAfter(Connection connection, int runs) throws SQLException {
        call(connection, "setPrepareThreshold", runs);
    }

    /** Calls the driver, which is the user's and not known here; null if it is another one, or there is nothing to return. */
    private static @Nullable Object call(Connection connection, String method, Integer... arguments)
            throws SQLException {
        Class<?> type = type(connection);
        if (type == null || !connection.isWrapperFor(type)) {
            return null;
        }
        Object driver = connection.unwrap(type);
        if (!type.isInstance(driver)) {
            return null; // A wrapper that hands out wrappers.
        }
        Class<?>[] types = arguments.length == 0 ? new Class<?>[0] : new Class<?>[] {int.class};
        try {
            return type.getMethod(method, types).invoke(driver, (Object[]) arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof SQLException known
                    ? known
                    : new SQLException("The driver failed in " + method, e.getCause());
        } catch (ReflectiveOperationException e) {
            return null; // A driver without this method.
        }
    }

    private static @Nullable Class<?> type(Connection connection) {
        try {
            return Class.forName(CONNECTION, false, connection.getClass().getClassLoader());
        } catch (ClassNotFoundException e) {
            return null;
        }
    }
}
