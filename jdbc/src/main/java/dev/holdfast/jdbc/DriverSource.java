// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Connections that a driver makes for a URL. The one used last is used next, without asking whether it still works: requests can be repeated,
 * so the first that fails on a used connection is repeated on a new one. A pool that asks first would cost a round trip.
 */
final class DriverSource implements ConnectionSource {
    /** How long a server may take to greet. A driver without a limit of its own waits for ever where packets vanish. */
    private static final int GREETING_SECONDS = 2;

    private static final int H2_OPENING = 8_000;
    private static final int MOST_TRIES = 100;
    private static final Duration H2_GREETING = Duration.ofSeconds(25);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final String MILLIS = Integer.toString(GREETING_SECONDS * 1_000);
    private static final Map<String, Map<String, String>> LIMITS = Map.of(
            "jdbc:postgresql",
                    Map.of(
                            "connectTimeout",
                            Integer.toString(GREETING_SECONDS),
                            "socketTimeout",
                            Integer.toString(GREETING_SECONDS),
                            "tcpKeepAlive",
                            "true",
                            "ApplicationName",
                            "holdfast"),
            "jdbc:mariadb", Map.of("connectTimeout", MILLIS, "socketTimeout", MILLIS),
            "jdbc:mysql", Map.of("connectTimeout", MILLIS, "socketTimeout", MILLIS));

    /** A row that somebody else has locked is waited for no longer than this, so that the caller hears of it before he gives up. */
    private static final Map<String, String> SETTINGS = Map.of(
            "jdbc:postgresql", "SET lock_timeout = 500",
            "jdbc:mysql", "SET SESSION innodb_lock_wait_timeout = 1",
            "jdbc:h2", "SET LOCK_TIMEOUT 500");

    private final Driver driver;
    private final String scheme;
    private final String url;
    private final String where;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    DriverSource(Driver driver, String scheme, String url, String where) {
        this.driver = driver;
        this.scheme = scheme;
        this.url = url;
        this.where = where;
    }

    @Override
    public Lent take() throws SQLException {
        Connection kept = idle.pollFirst();
        return kept == null ? new Lent(connect(), false, null) : new Lent(kept, true, null);
    }

    private Connection connect() throws SQLException {
        Connection connection = greeted();
        open.add(connection);
        try {
            prepare(connection);
        } catch (SQLException | RuntimeException e) {
            end(connection);
            throw e;
        }
        if (closed) {
            end(connection);
            throw new SQLException("The client is closed", "08003");
        }
        return connection;
    }

    /** Processes that open a file of H2 at the same moment are told to come again in a moment. */
    private Connection greeted() throws SQLException {
        for (int tries = 1; ; tries++) {
            try {
                Connection connection = driver.connect(url, properties());
                if (connection == null) {
                    throw new SQLException(
                            "The driver " + driver.getClass().getName() + " does not know this URL", "08001");
                }
                return connection;
            } catch (SQLException e) {
                if (e.getErrorCode() != H2_OPENING || tries == MOST_TRIES || closed) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE + ThreadLocalRandom.current().nextLong(PAUSE));
            }
        }
    }

    private void prepare(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        boolean pooled = scheme.equals("jdbc:postgresql") && PostgresPooler.isBetween(connection);
        if (pooled) {
            PostgresPooler.prepareAfter(connection, 0);
        }
        String setting = SETTINGS.get(scheme);
        if (setting != null && !pooled) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(setting);
            }
        }
        if (connection.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED) {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
    }

    /** What the URL says itself is left to it. */
    private Properties properties() {
        Properties properties = new Properties();
        String said = url.toLowerCase(Locale.ROOT);
        LIMITS.getOrDefault(scheme, Map.of()).forEach((name, value) -> {
            if (!said.contains(name.toLowerCase(Locale.ROOT) + "=")) {
                properties.setProperty(name, value);
            }
        });
        return properties;
    }

    @Override
    public void giveBack(Lent lent) {
        idle.addFirst(lent.connection());
        if (closed) {
            close();
        }
    }

    @Override
    public void discard(Lent lent) {
        end(lent.connection());
    }

    @Override
    public void distrust() {
        for (Connection kept = idle.pollFirst(); kept != null; kept = idle.pollFirst()) {
            end(kept);
        }
    }

    /** Processes that open a file of H2 together wait for each other's lock file to be some seconds old. */
    @Override
    public Duration slowestGreeting() {
        return scheme.equals("jdbc:h2") ? H2_GREETING : Duration.ZERO;
    }

    @Override
    public String where() {
        return where;
    }

    @Override
    public void close() {
        closed = true;
        Connection kept = idle.pollFirst();
        while (kept != null) {
            open.remove(kept);
            quietly(kept::close);
            kept = idle.pollFirst();
        }
        // In use: only a closed socket ends a read.
        open.forEach(this::end);
    }

    private void end(Connection connection) {
        open.remove(connection);
        SQLException failure = quietly(() -> connection.abort(Runnable::run));
        if (failure instanceof SQLFeatureNotSupportedException) {
            quietly(connection::close);
        }
    }

    /** Closes something. */
    @FunctionalInterface
    private interface Closing {
        void close() throws SQLException;
    }

    /** Whatever goes wrong while a connection ends, it is not used again. */
    private static @Nullable SQLException quietly(Closing closing) {
        try {
            closing.close();
            return null;
        } catch (SQLException e) {
            return e;
        }
    }
}
