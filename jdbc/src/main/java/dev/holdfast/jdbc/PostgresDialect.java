// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL. Each statement reads the clock once, {@code clock_timestamp()} and not {@code now()}, and uses that time even if it has to wait for
 * the row: an older time frees nobody's lock. Who waits notes that in the row, in the same statement that finds the lock taken; who
 * releases notifies only then, because notifications of a data base are written one after the other. The note and the release change the same
 * row, so one of them sees the other; the note ends by time and is never taken back, or a note made meanwhile would be lost.
 */
class PostgresDialect extends Dialect {
    private static final String CLOCK = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
    private static final String NEXT =
            "CASE WHEN l.owner = p.me AND l.expires_us > p.now THEN l.token" + " ELSE greatest(l.token + 1, p.now) END";
    private static final String FREE =
            "((l.owner = p.me AND l.expires_us > 0)" + " OR (l.expires_us <= p.now AND l.owner IS DISTINCT FROM p.me))";
    private static final String NOTIFY = "CASE WHEN waiters_us > " + CLOCK + " THEN pg_notify(?, name)::text END";

    private final boolean pushes;
    private final String channel;
    private final String take;
    private final String takeOrWait;

    PostgresDialect(String table, boolean pushes) {
        super(table);
        this.pushes = pushes;
        channel = channel(table);
        String asked = "WITH p AS MATERIALIZED (SELECT " + CLOCK + " AS now, ?::varchar AS name, ?::varchar AS me,"
                + " ?::bigint AS lease, ?::varchar AS label, ?::varchar AS full_name, ?::bigint AS wait)";
        String made = ", i AS (INSERT INTO " + table
                + " (name, token, owner, expires_us, lease_us, waiters_us, label, full_name)"
                + " SELECT p.name, p.now, p.me, p.now + p.lease, p.lease, 0, p.label, p.full_name FROM p"
                + " WHERE NOT EXISTS (SELECT 1 FROM " + table + " l WHERE l.name = p.name)"
                + " ON CONFLICT (name) DO NOTHING RETURNING token)";
        take = asked + ", u AS (UPDATE " + table + " l SET token = " + NEXT
                + ", owner = p.me, expires_us = p.now + p.lease, lease_us = p.lease, label = p.label, full_name = p.full_name"
                + " FROM p WHERE l.name = p.name AND " + FREE + " RETURNING l.token)" + made
                + " SELECT true, token FROM u UNION ALL SELECT true, token FROM i"
                + " UNION ALL SELECT false, l.expires_us - p.now FROM " + table
                + " l, p WHERE l.name = p.name AND NOT EXISTS (SELECT 1 FROM u)";
        takeOrWait = asked + ", u AS (UPDATE " + table + " l SET token = " + ifFree(NEXT, "l.token") + ", owner = "
                + ifFree("p.me", "l.owner") + ", expires_us = " + ifFree("p.now + p.lease", "l.expires_us")
                + ", lease_us = " + ifFree("p.lease", "l.lease_us") + ", label = " + ifFree("p.label", "l.label")
                + ", full_name = " + ifFree("p.full_name", "l.full_name") + ", waiters_us = "
                + ifFree("l.waiters_us", "greatest(l.waiters_us, p.now + p.wait)")
                + " FROM p WHERE l.name = p.name RETURNING l.owner = p.me AND l.expires_us > 0 AS mine,"
                + " CASE WHEN l.owner = p.me AND l.expires_us > 0 THEN l.token ELSE l.expires_us - p.now END AS value)"
                + made + " SELECT mine, value FROM u UNION ALL SELECT true, token FROM i";
    }

    private static String ifFree(String then, String otherwise) {
        return "CASE WHEN " + FREE + " THEN " + then + " ELSE " + otherwise + " END";
    }

    /** A name of the server's, which are cut after 63 bytes: different tables that share one only wake each other for nothing. */
    static String channel(String table) {
        String name = "holdfast:" + table.toLowerCase(Locale.ROOT);
        return name.substring(0, Math.min(name.length(), 60));
    }

    String channel() {
        return channel;
    }

    @Override
    String product() {
        return "PostgreSQL";
    }

    @Override
    boolean pushes() {
        return pushes;
    }

    @Override
    int mostInOne() {
        return 20_000;
    }

    @Override
    String ddl() {
        return "CREATE TABLE IF NOT EXISTS " + table
                + " (name varchar(200) COLLATE \"C\" PRIMARY KEY, token bigint NOT NULL,"
                + " owner varchar(64), expires_us bigint NOT NULL, lease_us bigint NOT NULL, waiters_us bigint NOT NULL,"
                + " label varchar(255), full_name varchar(2600))"
                // Every update finds room on its own page, and needs no entry in the index.
                + (pushes ? " WITH (fillfactor = 50)" : "");
    }

    @Override
    String now() {
        return CLOCK;
    }

    @Override
    Taken take(Session session, Ask ask) throws SQLException {
        List<Taken> answers = session.query(
                ask.waitMicros() > 0 ? takeOrWait : take,
                PostgresDialect::taken,
                ask.key(),
                ask.claim(),
                ask.leaseMicros(),
                ask.label(),
                ask.fullName(),
                ask.waitMicros());
        return answers.isEmpty() ? Taken.ABSENT : answers.get(0);
    }

    private static Taken taken(ResultSet row) throws SQLException {
        return row.getBoolean(1) ? Taken.granted(row.getLong(2)) : Taken.busy(row.getLong(2));
    }

    /** Taking it makes the row: whoever finds none was overtaken by another client, and looks again. */
    @Override
    Taken add(Session session, Ask ask) {
        return Taken.ABSENT;
    }

    @Override
    boolean release(Session session, String key, String claim) throws SQLException {
        return !changed(session, "expires_us = 0", "name = ? AND owner = ?", key, claim)
                .isEmpty();
    }

    @Override
    void releaseAll(Session session, List<String> keys, List<String> claims) throws SQLException {
        changed(session, "expires_us = 0", "name = ANY (?) AND owner = ANY (?)", array(keys), array(claims));
    }

    @Override
    boolean force(Session session, String key, boolean now) throws SQLException {
        String changes = "owner = '!'" + (now ? ", expires_us = 0" : "");
        return !changed(session, changes, "name = ?", key).isEmpty();
    }

    /** Tells everybody who listens, this client too. */
    boolean tell(Session session, String payload) throws SQLException {
        return !session.query("SELECT pg_notify(?, ?)", row -> true, channel, payload)
                .isEmpty();
    }

    /** Changes rows of locks that are held, and tells those who wait for them. */
    private List<String> changed(Session session, String changes, String which, Object... values) throws SQLException {
        String update = "UPDATE " + table + " SET " + changes + " WHERE " + which + " AND expires_us > " + CLOCK
                + " RETURNING name";
        if (!pushes) {
            return session.query(update, row -> row.getString(1), values);
        }
        @Nullable Object[] all = Arrays.copyOf(values, values.length + 1);
        all[values.length] = channel;
        return session.query(
                "WITH u AS (" + update + ", waiters_us) SELECT name, " + NOTIFY + " FROM u",
                row -> row.getString(1),
                all);
    }

    @Override
    Set<String> renew(Session session, List<String> keys, List<String> claims) throws SQLException {
        return new HashSet<>(session.query(
                "UPDATE " + table + " SET expires_us = " + CLOCK
                        + " + lease_us WHERE name = ANY (?) AND owner = ANY (?)" + " AND expires_us > " + CLOCK
                        + " RETURNING name",
                row -> row.getString(1),
                array(keys),
                array(claims)));
    }

    @Override
    Set<String> busy(Session session, Collection<String> keys) throws SQLException {
        return new HashSet<>(session.query(
                "SELECT name FROM " + table + " WHERE name = ANY (?) AND expires_us > " + CLOCK,
                row -> row.getString(1),
                (Object) array(keys)));
    }

    private static String[] array(Collection<String> texts) {
        return texts.toArray(String[]::new);
    }
}
