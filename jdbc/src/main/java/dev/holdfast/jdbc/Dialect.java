// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The statements for one kind of server, in what all of them share. A row is {@code name}, {@code token} (the revision of the last grant),
 * {@code owner} (the id of the claim that was granted it), {@code expires_us} (until when, 0 if it was released), {@code lease_us}, {@code
 * waiters_us} (until when somebody may wait for a push), {@code label} and {@code full_name}. Times are microseconds since 1970 by the server's
 * clock, as numbers: no time zone, and no driver that rounds.
 *
 * <p>A claim that was released or withdrawn stays the owner of a row that expired at 0, so that a request of it which arrives too late is refused.
 */
abstract class Dialect {
    /** What a holder finds in the place of its claim once somebody forces it to let go. */
    private static final String FORCED = "!";

    final String table;

    Dialect(String table) {
        this.table = table;
    }

    /** The product for people. */
    abstract String product();

    /** What makes the table, if it is not there yet. */
    abstract String ddl();

    /** The server's time at the statement, or later, in microseconds. */
    abstract String now();

    /** Takes the lock, or finds that the claim has it already, and then makes its lease last from now on. */
    abstract Taken take(Session session, Ask ask) throws SQLException;

    /** Makes the row of a name, for the claim; absent if somebody else made it meanwhile. */
    abstract Taken add(Session session, Ask ask) throws SQLException;

    /** The values of a new row, of which the token is written in another way on each server. */
    final String values(String token) {
        return "(name, token, owner, expires_us, lease_us, waiters_us, label, full_name) VALUES (?, " + token + ", ?, "
                + now() + " + ?, ?, 0, ?, ?)";
    }

    /** Whether somebody who waits can be told by a push. */
    boolean pushes() {
        return false;
    }

    /** What stands before a statement to end it after some time at the server, or nothing. */
    String limit(long millis) {
        return "";
    }

    /** How many leases fit into one statement. */
    int mostInOne() {
        return 5_000;
    }

    /** Which row a claim may take: its own, unless it was released, or one that has expired. */
    static final String MAY_TAKE =
            "((owner = ? AND expires_us > 0) OR (expires_us <= %s AND (owner IS NULL OR owner <> ?)))";

    /** Asks for each column and for the right to write, without changing anything. */
    void check(Session session) throws SQLException {
        session.update(
                "UPDATE " + table + " SET token = token, owner = owner, expires_us = expires_us, lease_us = lease_us,"
                        + " waiters_us = waiters_us, label = label, full_name = full_name WHERE name = ''");
    }

    /** The row's answer to a claim that could not take it. */
    final Taken look(Session session, String key) throws SQLException {
        List<Long> remaining = session.query(
                "SELECT expires_us - " + now() + " FROM " + table + " WHERE name = ?", row -> row.getLong(1), key);
        return remaining.isEmpty() ? Taken.ABSENT : Taken.busy(remaining.get(0));
    }

    /** Gives the lock back, if the claim has it still. */
    boolean release(Session session, String key, String claim) throws SQLException {
        return session.update(
                        "UPDATE " + table + " SET expires_us = 0 WHERE name = ? AND owner = ? AND expires_us > "
                                + now(),
                        key,
                        claim)
                > 0;
    }

    /** Whether the claim gave the lock back, by a request whose answer got lost. */
    final boolean isReleased(Session session, String key, String claim) throws SQLException {
        return !session.query(
                        "SELECT name FROM " + table + " WHERE name = ? AND owner = ? AND expires_us = 0",
                        row -> row.getString(1),
                        key,
                        claim)
                .isEmpty();
    }

    /** Leaves a mark at which a late request of the claim is refused; for that the row must be free. */
    final void bar(Session session, String key, String claim) throws SQLException {
        session.update(
                "UPDATE " + table + " SET owner = ?, expires_us = 0 WHERE name = ? AND (owner = ? OR expires_us <= "
                        + now() + ")",
                claim,
                key,
                claim);
    }

    /** Gives many back. Ids of claims are unique, so it does not matter which of them belongs to which name. */
    void releaseAll(Session session, List<String> keys, List<String> claims) throws SQLException {
        for (int from = 0; from < keys.size(); from += mostInOne()) {
            int to = Math.min(keys.size(), from + mostInOne());
            session.update(
                    "UPDATE " + table + " SET expires_us = 0 WHERE " + pairs(to - from) + " AND expires_us > " + now(),
                    values(keys.subList(from, to), claims.subList(from, to)));
        }
    }

    /** Renews leases in one statement, no more than {@link #mostInOne()}; returns the keys of those that are held. */
    Set<String> renew(Session session, List<String> keys, List<String> claims) throws SQLException {
        @Nullable Object[] values = values(keys, claims);
        String held = pairs(keys.size()) + " AND expires_us > " + now();
        int count =
                session.update("UPDATE " + table + " SET expires_us = " + now() + " + lease_us WHERE " + held, values);
        if (count == keys.size()) {
            return new HashSet<>(keys);
        }
        // What is held now was held a moment ago: nothing else makes a claim that has lost its lock the owner again.
        return new HashSet<>(
                session.query("SELECT name FROM " + table + " WHERE " + held, row -> row.getString(1), values));
    }

    private static String pairs(int count) {
        String marks = String.join(", ", Collections.nCopies(count, "?"));
        return "name IN (" + marks + ") AND owner IN (" + marks + ")";
    }

    private static @Nullable Object[] values(List<String> keys, List<String> claims) {
        List<String> all = new ArrayList<>(keys);
        all.addAll(claims);
        return all.toArray();
    }

    /** Which of some locks are taken; the others are free, or have no row. */
    Set<String> busy(Session session, Collection<String> keys) throws SQLException {
        String marks = String.join(", ", Collections.nCopies(keys.size(), "?"));
        return new HashSet<>(session.query(
                "SELECT name FROM " + table + " WHERE name IN (" + marks + ") AND expires_us > " + now(),
                row -> row.getString(1),
                keys.toArray()));
    }

    /** Keys of rows that nobody has used for some time. Reading them locks none. */
    final List<String> unused(Session session, long micros, int most) throws SQLException {
        return session.query(
                "SELECT name FROM " + table + " WHERE " + unusedSince(micros) + " ORDER BY name LIMIT " + most,
                row -> row.getString(1));
    }

    /** Removes rows that are still unused; in the order of the keys, as everything that locks several. */
    final int remove(Session session, List<String> keys, long micros) throws SQLException {
        String marks = String.join(", ", Collections.nCopies(keys.size(), "?"));
        return session.update(
                "DELETE FROM " + table + " WHERE name IN (" + marks + ") AND " + unusedSince(micros), keys.toArray());
    }

    /** Its token lies behind the clock, too, or one that follows might be smaller. */
    private String unusedSince(long micros) {
        String then = "(" + now() + " - " + micros + ")";
        return "expires_us < " + then + " AND token < " + then + " AND waiters_us < " + then;
    }

    /** The row of a lock, if it is held. */
    final List<Row> inspect(Session session, String key) throws SQLException {
        return session.query(
                "SELECT " + Row.COLUMNS + now() + " FROM " + table + " WHERE name = ? AND expires_us > " + now(),
                Row::read,
                key);
    }

    /** Held locks in the order of their keys. */
    final List<Row> list(Session session, String after, int most) throws SQLException {
        return session.query(
                "SELECT " + Row.COLUMNS + now() + " FROM " + table + " WHERE name > ? AND expires_us > " + now()
                        + " ORDER BY name LIMIT " + most,
                Row::read,
                after);
    }

    /** Takes the lock away from its holder, who finds that at his next renewal; the row expires when it would have, or now. */
    boolean force(Session session, String key, boolean now) throws SQLException {
        return session.update(
                        "UPDATE " + table + " SET owner = '" + FORCED + "'" + (now ? ", expires_us = 0" : "")
                                + " WHERE name = ? AND expires_us > " + now(),
                        key)
                > 0;
    }
}
