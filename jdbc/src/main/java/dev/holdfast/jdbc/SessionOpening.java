// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.Tier;
import dev.holdfast.spi.BackendEvents;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Finds out whether a data base can hold locks for connections, and whether ours are connections of its own. */
final class SessionOpening {
    private static final int LONGEST_TABLE = 57;
    private static final long FIRST_CONNECTION = 2_000_000_000L;

    private SessionOpening() {}

    static String fence(JdbcOptions options) {
        return options.table() + "_fence";
    }

    /** The statements of the mode that is asked for. */
    static Dialect dialect(Dialect row, Session session, JdbcOptions options, String where) throws SQLException {
        if (options.mode() == JdbcOptions.Mode.ROW) {
            return row;
        }
        String table = options.table();
        if (table.length() - table.lastIndexOf('.') - 1 > LONGEST_TABLE) {
            throw refused(where, "the name of the table, " + table + ", leaves no room for _fence behind it");
        }
        switch (row.product()) {
            case "PostgreSQL" -> {
                String version = text(session, "SELECT version()");
                if (version.contains("CockroachDB") || version.contains("YugabyteDB")) {
                    throw refused(where, version + " has no locks that end with a connection, or says so only");
                }
                if (Integer.parseInt(text(session, "SHOW server_version_num")) < 140_000) {
                    throw refused(
                            where,
                            "it is " + version
                                    + ", and only version 14 and later end a connection of which they hear nothing");
                }
                return new PostgresSessions(table, row.pushes());
            }
            case "MariaDB" -> {
                String[] version = text(session, "SELECT VERSION()").split("[.-]", -1);
                if (Integer.parseInt(version[0]) * 100 + Integer.parseInt(version[1]) < 10_03) {
                    throw refused(where, "it is older than MariaDB 10.3, which has sequences");
                }
                String database = text(session, "SELECT COALESCE(DATABASE(), '')");
                if (database.isEmpty() && table.indexOf('.') < 0) {
                    throw refused(where, "the URL names no data base; name one in it, or in the option table");
                }
                return new MariaDbSessions(table, database);
            }
            default -> throw refused(where, row.product() + " has none; PostgreSQL 14 and MariaDB 10.3 and later have");
        }
    }

    private static String text(Session session, String sql) throws SQLException {
        return session.query(sql, row -> row.getString(1)).get(0);
    }

    private static RuntimeException refused(String where, String why) {
        return Faults.fatal(
                null, "No locks with mode=session at " + where + ": " + why + ". mode=row works there", null);
    }

    /**
     * Holds a lock for a moment, and lets another connection look at it from within a transaction: a pooler that changes connections between
     * transactions has to answer the one that holds by yet another one then.
     */
    static void check(
            ConnectionSource source, Session other, SessionStatements statements, Dialect dialect, JdbcOptions options)
            throws SQLException {
        Database database = new Database(source, dialect, new Faults(source.where(), fence(options)), true);
        HoldingSession holding = HoldingSession.begin(
                source,
                statements,
                options.sessionTimeout().toMillis(),
                with -> Holding.prepare(database, statements, options.createTable(), with));
        try {
            String key = "probe-" + UUID.randomUUID();
            holding.take(key, key, "probe");
            Connection connection = other.connection();
            connection.setAutoCommit(false);
            long id = statements.ping(other);
            Set<String> seen = dialect.busy(other, List.of(key));
            try {
                holding.ping();
            } catch (SQLException e) {
                // If the server answers nobody, that is the reason; if it answers this one, one connection was all
                // there is.
                long unused = statements.ping(other);
                throw HoldingSession.pooled(source.where(), e);
            }
            connection.commit();
            connection.setAutoCommit(true);
            if (id == holding.connection() || !seen.contains(key)) {
                throw HoldingSession.pooled(source.where(), null);
            }
            holding.release(List.of(key));
        } finally {
            holding.end();
        }
    }

    /** A restart frees all locks at once, while their holders believe in them: safe only if a new client notices it and waits for them. */
    static Tier tier(SessionStatements statements) {
        return statements.noticesRestarts() ? Tier.L : Tier.E;
    }

    static Duration lease(Dialect dialect, JdbcOptions options) {
        return Duration.ofMillis(
                ((SessionStatements) dialect).granted(options.sessionTimeout().toMillis()));
    }

    static SessionLocks locks(
            Database database, JdbcOptions options, Lanes lanes, Waiters waiters, BackendEvents events) {
        SessionStatements statements = (SessionStatements) database.dialect();
        Holding holding = new Holding(database, statements, options, events);
        holding.begin(FIRST_CONNECTION);
        return new SessionLocks(database, holding, waiters, new SessionQuestions(database, statements, lanes));
    }
}
