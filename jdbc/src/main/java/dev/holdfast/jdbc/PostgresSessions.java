// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** PostgreSQL, version 14 and later, with advisory locks of sessions: numbers of 64 bits in one data base, and a sequence as the fence. */
final class PostgresSessions extends PostgresDialect implements SessionStatements {
    private static final String LABEL = "holdfast:";
    private static final int LONGEST_APPLICATION_NAME = 63;
    private static final String OF_THIS_DATABASE =
            "l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND l.database ="
                    + " (SELECT oid FROM pg_database WHERE datname = current_database())"
                    + " AND ((l.classid::bigint << 32) | l.objid::bigint)";

    private final String fence;

    PostgresSessions(String table, boolean pushes) {
        super(table, pushes);
        fence = table + "_fence";
    }

    /** The name of the table is written in any case, and means the same. */
    long number(String key) {
        return ByteBuffer.wrap(SessionStatements.digest(table.toLowerCase(Locale.ROOT), key))
                .getLong();
    }

    private String[] numbers(Collection<String> keys) {
        return keys.stream().map(key -> Long.toString(number(key))).toArray(String[]::new);
    }

    @Override
    String ddl() {
        return "DO $$ BEGIN EXECUTE format('CREATE SEQUENCE IF NOT EXISTS " + fence + " START WITH %s', " + now()
                + "); END $$";
    }

    @Override
    void check(Session session) throws SQLException {
        session.query("SELECT last_value FROM " + fence, row -> row.getLong(1));
    }

    @Override
    Set<String> busy(Session session, Collection<String> keys) throws SQLException {
        return new HashSet<>(session.query(
                "SELECT name FROM unnest(?::text[], ?::text[]) AS k(name, number) JOIN pg_locks l ON "
                        + OF_THIS_DATABASE + " = k.number::bigint",
                row -> row.getString(1),
                keys.toArray(String[]::new),
                numbers(keys)));
    }

    @Override
    public long granted(long leaseMillis) {
        return leaseMillis;
    }

    @Override
    public void limit(Session session, long leaseMillis) throws SQLException {
        session.query(
                "SELECT set_config('idle_session_timeout', ?, false)",
                row -> row.getString(1),
                Long.toString(leaseMillis));
    }

    @Override
    public Connected connected(Session session) throws SQLException {
        return session.query(
                        "SELECT pg_backend_pid(), (SELECT setting::bigint FROM pg_settings WHERE name = 'idle_session_timeout'),"
                                + " (extract(epoch FROM clock_timestamp() - pg_postmaster_start_time()) * 1000)::bigint",
                        row -> new Connected(row.getLong(1), row.getLong(2), row.getLong(3)))
                .get(0);
    }

    @Override
    public long ping(Session session) throws SQLException {
        return session.query("SELECT pg_backend_pid()", row -> row.getLong(1)).get(0);
    }

    /**
     * One client after the other, because nothing stops {@code setval} from setting a value back. The second between is more than others
     * can take numbers for while this statement runs.
     */
    @Override
    public void raise(Session session) throws SQLException {
        Connection connection = session.connection();
        connection.setAutoCommit(false);
        session.query("SELECT pg_advisory_xact_lock(?)", row -> true, number(""));
        session.query(
                "SELECT setval('" + fence + "', " + now() + ") FROM " + fence + " WHERE last_value < " + now()
                        + " - 1000000",
                row -> true);
        connection.commit();
        connection.setAutoCommit(true);
    }

    @Override
    public void label(Session session, String label) throws SQLException {
        String name = LABEL + label;
        session.query(
                "SELECT set_config('application_name', ?, false)",
                row -> true,
                name.substring(0, Math.min(name.length(), LONGEST_APPLICATION_NAME))
                        .replace('\0', ' '));
    }

    @Override
    public Took take(Session session, String key) throws SQLException {
        return session.query(
                        "SELECT pg_backend_pid(), CASE WHEN pg_try_advisory_lock(?) THEN nextval('" + fence
                                + "') ELSE 0 END",
                        row -> new Took(row.getLong(1), row.getLong(2)),
                        number(key))
                .get(0);
    }

    @Override
    public boolean release(Session session, List<String> keys, boolean tells) throws SQLException {
        String tell = tells && pushes() ? ", pg_notify('" + channel() + "', name)::text" : "";
        return !session.query(
                        "SELECT pg_advisory_unlock(number::bigint)" + tell
                                + " FROM unnest(?::text[], ?::text[]) AS k(name, number)",
                        row -> row.getBoolean(1),
                        keys.toArray(String[]::new),
                        numbers(keys))
                .contains(false);
    }

    @Override
    public List<Holder> holders(Session session, String key) throws SQLException {
        return session.query(
                "SELECT l.pid, a.application_name FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE "
                        + OF_THIS_DATABASE + " = ?",
                row -> new Holder(row.getLong(1), labelOf(row.getString(2))),
                number(key));
    }

    private static @Nullable String labelOf(@Nullable String applicationName) {
        return applicationName != null && applicationName.startsWith(LABEL)
                ? applicationName.substring(LABEL.length())
                : null;
    }

    @Override
    public boolean tellsLabels() {
        return true;
    }

    @Override
    public String ending(long connection) {
        return "SELECT pg_terminate_backend(" + connection + ")";
    }

    /** If one of its processes crashes, it ends all connections, and has run all the time. */
    @Override
    public boolean noticesRestarts() {
        return false;
    }
}
