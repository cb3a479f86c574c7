// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** MariaDB, version 10.3 and later, with {@code GET_LOCK}: names that hold for the whole server, and a sequence as the fence. */
final class MariaDbSessions extends MariaDbDialect implements SessionStatements {
    private static final int DIGITS = 60;
    private static final int MOST_IN_ONE = 200;

    private final String fence;
    private final String space;

    /** The data base is a part of the names, because the server does not tell those of one from those of another. */
    MariaDbSessions(String table, String database) {
        super(table, "MariaDB");
        fence = table + "_fence";
        space = table.indexOf('.') < 0 ? database + "." + table : table;
    }

    String lockName(String key) {
        return "hf:"
                + HexFormat.of().formatHex(SessionStatements.digest(space, key)).substring(0, DIGITS);
    }

    @Override
    String ddl() {
        return "EXECUTE IMMEDIATE CONCAT('CREATE SEQUENCE IF NOT EXISTS " + fence + " START WITH ', " + now() + ")";
    }

    @Override
    void check(Session session) throws SQLException {
        session.query("SELECT next_not_cached_value FROM " + fence, row -> row.getLong(1));
    }

    @Override
    Set<String> busy(Session session, Collection<String> keys) throws SQLException {
        Set<String> busy = new HashSet<>();
        for (List<String> some : parts(List.copyOf(keys))) {
            List<@Nullable Object> values = new ArrayList<>();
            for (String key : some) {
                values.add(key);
                values.add(lockName(key));
            }
            String rows =
                    String.join(" UNION ALL ", Collections.nCopies(some.size(), "SELECT ? AS name, ? AS lock_name"));
            busy.addAll(session.query(
                    "SELECT name FROM (" + rows + ") k WHERE IS_USED_LOCK(lock_name) IS NOT NULL",
                    row -> row.getString(1),
                    values.toArray()));
        }
        return busy;
    }

    private static List<List<String>> parts(List<String> keys) {
        List<List<String>> parts = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += MOST_IN_ONE) {
            parts.add(keys.subList(from, Math.min(keys.size(), from + MOST_IN_ONE)));
        }
        return parts;
    }

    /** Whole seconds. */
    @Override
    public long granted(long leaseMillis) {
        return (leaseMillis + 999) / 1_000 * 1_000;
    }

    @Override
    public void limit(Session session, long leaseMillis) throws SQLException {
        session.run("SET SESSION wait_timeout = " + leaseMillis / 1_000);
    }

    /** The server counts its own seconds, so one that has just begun may count as a whole one. */
    @Override
    public Connected connected(Session session) throws SQLException {
        return session.query(
                        "SELECT CONNECTION_ID(), @@SESSION.wait_timeout, (SELECT VARIABLE_VALUE"
                                + " FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'UPTIME')",
                        row -> new Connected(
                                row.getLong(1), row.getLong(2) * 1_000, Math.max(0, row.getLong(3) - 1) * 1_000))
                .get(0);
    }

    @Override
    public long ping(Session session) throws SQLException {
        return session.query("SELECT CONNECTION_ID()", row -> row.getLong(1)).get(0);
    }

    /** A value that is less than the present one is not set. */
    @Override
    public void raise(Session session) throws SQLException {
        session.run("EXECUTE IMMEDIATE CONCAT('DO SETVAL(" + fence + ", ', " + now() + ", ')')");
    }

    /** Nobody else could see one. */
    @Override
    public void label(Session session, String label) {}

    /** An error of {@code GET_LOCK} is NULL, which is neither granted nor taken. */
    @Override
    public Took take(Session session, String key) throws SQLException {
        return session.query(
                        "SELECT CONNECTION_ID(), CASE GET_LOCK(?, 0) WHEN 1 THEN NEXTVAL(" + fence
                                + ") WHEN 0 THEN 0 END",
                        row -> {
                            long revision = row.getLong(2);
                            if (row.wasNull()) {
                                throw new SQLException("GET_LOCK failed: it answered NULL");
                            }
                            return new Took(row.getLong(1), revision);
                        },
                        lockName(key))
                .get(0);
    }

    @Override
    public boolean release(Session session, List<String> keys, boolean tells) throws SQLException {
        boolean all = true;
        for (List<String> some : parts(keys)) {
            String sum = String.join(" + ", Collections.nCopies(some.size(), "COALESCE(RELEASE_LOCK(?), 0)"));
            all &= session.query(
                                    "SELECT " + sum,
                                    row -> row.getLong(1),
                                    some.stream().map(this::lockName).toArray())
                            .get(0)
                    == some.size();
        }
        return all;
    }

    @Override
    public List<Holder> holders(Session session, String key) throws SQLException {
        List<Long> found = new ArrayList<>(
                session.query("SELECT COALESCE(IS_USED_LOCK(?), 0)", row -> row.getLong(1), lockName(key)));
        found.removeIf(connection -> connection == 0);
        return found.stream().map(connection -> new Holder(connection, null)).toList();
    }

    @Override
    public boolean tellsLabels() {
        return false;
    }

    @Override
    public String ending(long connection) {
        return "KILL " + connection;
    }

    @Override
    public boolean noticesRestarts() {
        return true;
    }
}
