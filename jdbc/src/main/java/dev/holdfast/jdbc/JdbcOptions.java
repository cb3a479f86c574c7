// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.KnownNames;
import dev.holdfast.spi.Printable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** How locks are kept in a data base. Immutable; every {@code with} method returns a changed copy. */
public final class JdbcOptions {
    static final int MOST_CONNECTIONS = 64;

    private static final Pattern TABLE =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62}){0,2}");
    private static final JdbcOptions DEFAULTS =
            new JdbcOptions("holdfast_lock", true, 4, true, false, new Keeping(Mode.ROW, Duration.ofSeconds(30)));

    private final String table;
    private final boolean createTable;
    private final int connections;
    private final boolean listen;
    private final boolean doorbell;
    private final Keeping keeping;

    /** What keeps locks in the data base. */
    public enum Mode {
        /** A row of a table for each lock, with a lease of its own. The usual one, on every data base. */
        ROW,
        /**
         * The server's own locks, on one connection of the client that is kept for them, and that the server ends when it hears nothing from
         * the client for the {@link JdbcOptions#sessionTimeout()}. PostgreSQL 14 and MariaDB 10.3 and later, and not behind a pooler in
         * transaction mode. Locks of different modes do not exclude each other.
         */
        SESSION
    }

    private record Keeping(Mode mode, Duration sessionTimeout) {}

    private JdbcOptions(
            String table, boolean createTable, int connections, boolean listen, boolean doorbell, Keeping keeping) {
        this.table = table;
        this.createTable = createTable;
        this.connections = connections;
        this.listen = listen;
        this.doorbell = doorbell;
        this.keeping = keeping;
    }

    /**
     * The options of a backend for which nothing else is said.
     *
     * @return table {@code holdfast_lock}, made when it is not there, 4 connections for requests, and notifications where the server has them
     */
    public static JdbcOptions defaults() {
        return DEFAULTS;
    }

    /** Takes the parameters of a URI that are about this backend. Does no I/O. */
    static JdbcOptions of(BackendUri uri) {
        JdbcOptions options = DEFAULTS;
        String table = uri.take("table");
        if (table != null) {
            options = options.withTable(table);
        }
        options = options.withCreateTable(uri.takeFlag("create-table", options.createTable));
        String connections = uri.take("connections");
        if (connections != null) {
            options = options.withConnections(number(connections));
        }
        options = options.withListen(uri.takeFlag("listen", options.listen))
                .withDoorbell(uri.takeFlag("doorbell", options.doorbell));
        return session(uri, options);
    }

    /** Without a word about the session the lease time says how long it should be. */
    private static JdbcOptions session(BackendUri uri, JdbcOptions options) {
        String mode = uri.take("mode");
        Duration asked = uri.takeDuration("session-timeout");
        if (mode == null || mode.equals("row")) {
            if (asked != null) {
                throw new IllegalArgumentException(
                        "The URI parameter session-timeout is about mode=session, which this URI does not ask for");
            }
            return options;
        }
        if (!mode.equals("session")) {
            throw KnownNames.unknown("value of URI parameter mode", mode, List.of("row", "session"));
        }
        Duration timeout = asked == null ? uri.takeDuration("lease-time") : asked;
        JdbcOptions inSessions = options.withMode(Mode.SESSION);
        return timeout == null ? inSessions : inSessions.withSessionTimeout(timeout);
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "URI parameter connections is " + Printable.quoted(text) + ", which is no whole number", e);
        }
    }

    /**
     * The table that the locks are in.
     *
     * @return its name, perhaps with a schema and a dot before it
     */
    public String table() {
        return table;
    }

    /**
     * Whether the table is made when it is not there.
     *
     * @return true unless set
     */
    public boolean createTable() {
        return createTable;
    }

    /**
     * How many connections requests use at the same time at most. Renewals, looking for free locks and notifications use one more each, while
     * there is anything to do for them.
     *
     * @return from 1 to 64; 4 unless set
     */
    public int connections() {
        return connections;
    }

    /**
     * Whether the server is to push that a lock came free, where it can: LISTEN and NOTIFY of PostgreSQL, on one connection that is kept while
     * this client waits for locks. Otherwise waiting means polling.
     *
     * @return true unless set
     */
    public boolean listen() {
        return listen;
    }

    /**
     * Whether MariaDB or MySQL is to tell those who wait that a lock came free, by {@code GET_LOCK}: one connection while this client holds locks, and one
     * for each name that it waits for, up to 4. Otherwise, and for further names, waiting means polling.
     *
     * @return false unless set
     */
    public boolean doorbell() {
        return doorbell;
    }

    /**
     * What keeps locks in the data base.
     *
     * @return {@link Mode#ROW} unless set
     */
    public Mode mode() {
        return keeping.mode;
    }

    /**
     * With {@link Mode#SESSION}: how long the server keeps locks of a client of which it hears nothing. All clients should have the same.
     *
     * @return 30 s unless set
     */
    public Duration sessionTimeout() {
        return keeping.sessionTimeout;
    }

    /**
     * Changes {@link #table()}.
     *
     * @param value a name out of letters, digits and underscores, perhaps with schemas and dots before it
     * @return a changed copy
     * @throws IllegalArgumentException if it is none
     */
    public JdbcOptions withTable(String value) {
        if (!TABLE.matcher(Objects.requireNonNull(value, "table")).matches()) {
            throw new IllegalArgumentException("The table of the locks is " + Printable.quoted(value)
                    + "; it must be a name out of letters, digits and underscores, or schema.name");
        }
        return new JdbcOptions(value, createTable, connections, listen, doorbell, keeping);
    }

    /**
     * Changes {@link #createTable()}.
     *
     * @param value whether to make the table
     * @return a changed copy
     */
    public JdbcOptions withCreateTable(boolean value) {
        return new JdbcOptions(table, value, connections, listen, doorbell, keeping);
    }

    /**
     * Changes {@link #connections()}.
     *
     * @param value from 1 to 64
     * @return a changed copy
     * @throws IllegalArgumentException if it is not
     */
    public JdbcOptions withConnections(int value) {
        if (value < 1 || value > MOST_CONNECTIONS) {
            throw new IllegalArgumentException(
                    "connections is " + value + "; it must be from 1 to " + MOST_CONNECTIONS);
        }
        return new JdbcOptions(table, createTable, value, listen, doorbell, keeping);
    }

    /**
     * Changes {@link #listen()}.
     *
     * @param value whether to use notifications
     * @return a changed copy
     */
    public JdbcOptions withListen(boolean value) {
        return new JdbcOptions(table, createTable, connections, value, doorbell, keeping);
    }

    /**
     * Changes {@link #doorbell()}.
     *
     * @param value whether to have one; other products than MariaDB and MySQL refuse it when the backend is opened
     * @return a changed copy
     */
    public JdbcOptions withDoorbell(boolean value) {
        return new JdbcOptions(table, createTable, connections, listen, value, keeping);
    }

    /**
     * Changes {@link #mode()}.
     *
     * @param value what keeps locks
     * @return a changed copy
     */
    public JdbcOptions withMode(Mode value) {
        Keeping changed = new Keeping(Objects.requireNonNull(value, "mode"), keeping.sessionTimeout);
        return new JdbcOptions(table, createTable, connections, listen, doorbell, changed);
    }

    /**
     * Changes {@link #sessionTimeout()}.
     *
     * @param value from 1 s to 1 day; MariaDB counts whole seconds, and it is rounded up there
     * @return a changed copy
     * @throws IllegalArgumentException if it is not
     */
    public JdbcOptions withSessionTimeout(Duration value) {
        if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("The session timeout is " + value + "; it must be from 1 s to 1 day");
        }
        return new JdbcOptions(table, createTable, connections, listen, doorbell, new Keeping(keeping.mode, value));
    }

    @Override
    public String toString() {
        return "JdbcOptions[table=" + table + ", createTable=" + createTable + ", connections=" + connections
                + ", listen=" + listen + ", doorbell=" + doorbell + ", mode=" + keeping.mode + ", sessionTimeout="
                + keeping.sessionTimeout + "]";
    }
}
