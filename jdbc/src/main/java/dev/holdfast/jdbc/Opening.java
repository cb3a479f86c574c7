// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.BackendException;
import dev.holdfast.Tier;
import dev.holdfast.jdbc.ConnectionSource.Lent;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What a data base is, asked of the server and not read from its URL: MariaDB may call itself MySQL, and CockroachDB speaks like PostgreSQL. Then
 * the table is made, or looked at.
 */
final class Opening {
    private final ConnectionSource source;
    private final JdbcOptions options;
    private final Faults faults;

    /**
     * What was found.
     *
     * @param dialect its statements
     * @param tier how far it can be trusted
     * @param spare how many connections can be kept: for renewals, and for notifications or doorbells
     */
    record Found(Dialect dialect, Tier tier, int spare) {}

    Opening(ConnectionSource source, JdbcOptions options, Faults faults) {
        this.source = source;
        this.options = options;
        this.faults = faults;
    }

    /** On a thread of its own, because a driver or a pool may take as long as it likes. */
    Found within(Duration wanted) {
        Duration slowest = source.slowestGreeting();
        Duration timeout = wanted.compareTo(slowest) < 0 ? slowest : wanted;
        FutureTask<Found> task = new FutureTask<>(() -> look(timeout));
        Lanes.factory("open").newThread(task).start();
        try {
            return task.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BackendException known) {
                throw known;
            }
            throw Faults.fatal(null, "Could not open " + source.where() + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw faults.transientFault(
                    null,
                    "Could not open " + source.where() + ": it did not answer, or had no connection to give, within "
                            + timeout.toMillis() + " ms",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw faults.transientFault(null, "Could not open " + source.where() + ": interrupted", e);
        }
    }

    private Found look(Duration timeout) {
        Dialect dialect = null;
        String what = "open";
        try {
            Lent lent = source.take();
            try {
                Session session = Session.of(lent.connection(), timeout.toNanos());
                what = "ask what is at";
                dialect = SessionOpening.dialect(dialect(session), session, options, source.where());
                what = options.createTable() ? "make or look at the table of" : "look at the table of";
                table(session, dialect);
                Tier tier = tier(session, dialect);
                if (dialect instanceof SessionStatements statements) {
                    what = "hold locks in sessions at";
                    SessionOpening.check(source, session, statements, dialect, options);
                    tier = SessionOpening.tier(statements);
                }
                int spare = source.spare(kept(dialect));
                source.giveBack(lent);
                return new Found(dialect, tier, spare);
            } catch (SQLException | RuntimeException e) {
                source.discard(lent);
                throw e;
            }
        } catch (SQLException e) {
            FaultKind kind = FaultKind.of(e);
            boolean unreached = dialect == null && (kind == FaultKind.LOST || kind == FaultKind.UNKNOWN);
            throw faults.of(null, what + " the locks", unreached ? FaultKind.NO_CONNECTION : kind, e, dialect);
        }
    }

    /** One for renewals, one for notifications or for the bells of held locks, and those at which this client waits. */
    private int kept(Dialect dialect) {
        if (options.doorbell()) {
            if (options.mode() == JdbcOptions.Mode.SESSION) {
                throw Faults.fatal(
                        null, "doorbell=true is for mode=row; with mode=session waiting means polling", null);
            }
            if (!(dialect instanceof MariaDbDialect)) {
                throw Faults.fatal(
                        null,
                        "doorbell=true is for MariaDB and MySQL; at " + source.where() + " is " + dialect.product()
                                + (dialect.pushes() ? ", which tells by NOTIFY" : ", where waiting means polling"),
                        null);
            }
            return 2 + Doorbell.MOST_LISTENERS;
        }
        return dialect.pushes() ? 2 : 1;
    }

    private Dialect dialect(Session session) throws SQLException {
        DatabaseMetaData data = session.connection().getMetaData();
        String product = String.valueOf(data.getDatabaseProductName());
        String version = String.valueOf(data.getDatabaseProductVersion());
        Dialect found = dialect(session, product, version);
        if (found == null) {
            throw Faults.fatal(
                    null,
                    "No locks on " + product + " " + version + " at " + source.where()
                            + ": this backend knows PostgreSQL, MariaDB, MySQL and H2",
                    null);
        }
        return found;
    }

    private @Nullable Dialect dialect(Session session, String product, String version) throws SQLException {
        String table = options.table();
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "postgresql" -> {
                String says = only(session, "SELECT version()");
                boolean genuine = !says.contains("CockroachDB") && !says.contains("YugabyteDB");
                need(product, version, genuine && number(version) < 12, "12");
                yield new PostgresDialect(table, genuine && options.listen());
            }
            case "mariadb", "mysql" -> {
                // The word stands in the version even where a driver of the other product is used.
                boolean maria = only(session, "SELECT VERSION()").contains("MariaDB");
                need(product, version, !maria && number(version) < 8, "8.0");
                yield new MariaDbDialect(table, maria ? "MariaDB" : "MySQL");
            }
            case "h2" -> {
                need(product, version, number(version) < 2, "2.0");
                yield new H2Dialect(table);
            }
            default -> null;
        };
    }

    private void need(String product, String version, boolean tooOld, String oldest) {
        if (tooOld) {
            throw Faults.fatal(
                    null,
                    product + " at " + source.where() + " is version " + version + "; locks need " + oldest
                            + " or later",
                    null);
        }
    }

    private static int number(String version) {
        int end = 0;
        while (end < version.length() && Character.isDigit(version.charAt(end))) {
            end++;
        }
        return end == 0 ? Integer.MAX_VALUE : Integer.parseInt(version.substring(0, end));
    }

    private static String only(Session session, String sql) throws SQLException {
        List<String> values = session.query(sql, row -> row.getString(1));
        return values.isEmpty() || values.get(0) == null ? "" : values.get(0);
    }

    /** Looked at before it is made: a user without the right to make tables may have one that is there. */
    private void table(Session session, Dialect dialect) throws SQLException {
        try {
            dialect.check(session);
        } catch (SQLException e) {
            if (FaultKind.of(e) != FaultKind.NO_TABLE || !options.createTable()) {
                throw e;
            }
            new Database(source, dialect, faults, true).makeTable(session);
            dialect.check(session);
        }
    }

    /** A server that may forget a commit at a crash may have two holders afterwards. */
    private static Tier tier(Session session, Dialect dialect) throws SQLException {
        boolean forgets = switch (dialect.product()) {
            case "PostgreSQL" ->
                only(session, "SHOW fsync").equals("off")
                        || only(session, "SHOW synchronous_commit").equals("off");
            case "MariaDB", "MySQL" ->
                !only(session, "SELECT @@innodb_flush_log_at_trx_commit").equals("1");
            default ->
                !only(
                                session,
                                "SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS"
                                        + " WHERE SETTING_NAME = 'WRITE_DELAY'")
                        .equals("0");
        };
        return forgets ? Tier.E : Tier.L;
    }
}
