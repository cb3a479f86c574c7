// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.Lease;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Objects;

/**
 * Lets only the newest holder of a lock write. A holder that was stopped, and does not know yet that its lease is over, is refused by the data base
 * itself, in the transaction in which it writes:
 *
 * <pre>{@code
 * FencedWrites fence = FencedWrites.inTable("holdfast_fence");
 * try (Lease lease = locks.lock("orders/42").acquire()) {
 *     connection.setAutoCommit(false);
 *     fence.check(connection, "orders/42", lease);      // StaleTokenException if somebody with a larger token was here
 *     update.executeUpdate();                           // the writes that the lock protects
 *     connection.commit();
 * }
 * }</pre>
 *
 * <p>The check keeps the resource's row locked until the transaction ends, so that nobody else's check can pass in between. A table of the user's own
 * needs no help: {@code UPDATE orders SET ..., fence = ? WHERE id = ? AND fence <= ?}, and a count of 0 means "too late". Thread-safe.
 */
public final class FencedWrites {
    private final String table;

    private FencedWrites(String table) {
        this.table = table;
    }

    /**
     * Fences that are kept in a table of their own. Does no I/O.
     *
     * @param table its name, perhaps with a schema and a dot before it
     * @return the fences
     * @throws IllegalArgumentException if it is no name of a table
     */
    public static FencedWrites inTable(String table) {
        return new FencedWrites(JdbcOptions.defaults().withTable(table).table());
    }

    /**
     * The statement that makes the table, for the data base of a connection.
     *
     * @param connection to the data base
     * @return {@code CREATE TABLE ...}
     * @throws SQLException if the data base cannot be asked what it is
     */
    public String ddl(Connection connection) throws SQLException {
        // MySQL's texts are the same in capitals and with accents; bytes are not.
        String text = isMySql(product(connection)) ? "VARBINARY(255)" : "VARCHAR(255)";
        return "CREATE TABLE " + table + " (resource " + text + " NOT NULL PRIMARY KEY, token BIGINT NOT NULL)";
    }

    private static String product(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    }

    private static boolean isMySql(String product) {
        return product.equals("mariadb") || product.equals("mysql");
    }

    /**
     * Checks a lease's token against the resource's fence, and raises the fence to it.
     *
     * @param transaction the connection that will write, not in autocommit
     * @param resource what will be written: the lock's name, or any other text of up to 255 ASCII characters that all writers agree on
     * @param lease the writer's lease; whether it still {@link Lease#isHeld() is held} does not matter
     * @throws StaleTokenException if somebody with a larger token has written; then roll back
     * @throws SQLException if the data base cannot be asked; then roll back
     * @throws IllegalStateException if the connection is in autocommit, where the check would be over before the write begins
     */
    public void check(Connection transaction, String resource, Lease lease) throws SQLException {
        check(transaction, resource, lease.token());
    }

    /**
     * Checks a token against the resource's fence, and raises the fence to it.
     *
     * @param transaction the connection that will write, not in autocommit
     * @param resource what will be written: the lock's name, or any other text of up to 255 ASCII characters that all writers agree on
     * @param token the writer's token
     * @throws StaleTokenException if somebody with a larger token has written; then roll back
     * @throws SQLException if the data base cannot be asked; then roll back
     * @throws IllegalStateException if the connection is in autocommit, where the check would be over before the write begins
     */
    public void check(Connection transaction, String resource, long token) throws SQLException {
        Objects.requireNonNull(resource, "resource");
        if (transaction.getAutoCommit()) {
            throw new IllegalStateException("The connection is in autocommit, so the check would not protect the write"
                    + " after it: call setAutoCommit(false) before");
        }
        if (raise(transaction, resource, token)) {
            return;
        }
        add(transaction, resource);
        if (!raise(transaction, resource, token)) {
            throw new StaleTokenException(resource, token);
        }
    }

    private boolean raise(Connection transaction, String resource, long token) throws SQLException {
        try (PreparedStatement update =
                transaction.prepareStatement("UPDATE " + table + " SET token = ? WHERE resource = ? AND token <= ?")) {
            update.setLong(1, token);
            update.setString(2, resource);
            update.setLong(3, token);
            // Drivers count the rows that changed or those that matched: with an equal token nothing changes.
            return update.executeUpdate() > 0 || isAt(transaction, resource, token);
        }
    }

    private boolean isAt(Connection transaction, String resource, long token) throws SQLException {
        try (PreparedStatement query =
                transaction.prepareStatement("SELECT token FROM " + table + " WHERE resource = ? FOR UPDATE")) {
            query.setString(1, resource);
            try (var rows = query.executeQuery()) {
                return rows.next() && rows.getLong(1) == token;
            }
        }
    }

    /** Without an error where the row is there already: PostgreSQL would refuse everything else in the transaction after one. */
    private void add(Connection transaction, String resource) throws SQLException {
        String product = product(transaction);
        String insert =
                "INSERT " + (isMySql(product) ? "IGNORE " : "") + "INTO " + table + " (resource, token) VALUES (?, 0)"
                        + (product.equals("postgresql") ? " ON CONFLICT (resource) DO NOTHING" : "");
        try (PreparedStatement statement = transaction.prepareStatement(insert, Statement.NO_GENERATED_KEYS)) {
            statement.setString(1, resource);
            statement.executeUpdate();
        } catch (SQLException e) {
            if (e.getSQLState() == null || !e.getSQLState().startsWith("23")) {
                throw e;
            }
        }
    }
}
