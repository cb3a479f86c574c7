// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.LeaseLoss;
import dev.holdfast.jdbc.ConnectionSource.Lent;
import dev.holdfast.jdbc.SessionStatements.Connected;
import dev.holdfast.jdbc.SessionStatements.Took;
import dev.holdfast.spi.Session;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection that holds locks, and that the server ends when it has not heard from it for a lease time. How long it surely lives counts from the
 * sending of the last statement that was answered. Whatever fails on it ends it: nobody knows any more what the server holds for it.
 *
 * <p>For one thread at a time, but for what the engine reads.
 */
final class HoldingSession implements Session {
    private static final long GREETING = TimeUnit.SECONDS.toNanos(2);
    private static final long LEAST_MARGIN = 25_000_000L;

    private final ConnectionSource source;
    private final SessionStatements statements;
    private final Lent lent;
    private final long connection;
    private final long leaseNanos;
    private final long takesFrom;
    private final Map<String, Hold> holds = new HashMap<>();
    private String label = "";
    private long lastSent;
    private volatile long validUntil;
    private volatile boolean over;

    /** A lock that is held. */
    private record Hold(String claim, long revision) {}

    private HoldingSession(
            ConnectionSource source, SessionStatements statements, Lent lent, Connected connected, long sentNanos) {
        this.source = source;
        this.statements = statements;
        this.lent = lent;
        connection = connected.connection();
        leaseNanos = TimeUnit.MILLISECONDS.toNanos(connected.leaseMillis());
        long early = Math.max(0, leaseNanos - TimeUnit.MILLISECONDS.toNanos(connected.uptimeMillis()));
        takesFrom = System.nanoTime() + early + early / 100;
        extend(sentNanos);
    }

    /** Takes a connection and lets the server keep it for a lease time at a time. */
    static HoldingSession begin(
            ConnectionSource source, SessionStatements statements, long leaseMillis, Database.Work<Boolean> preparation)
            throws SQLException {
        Lent lent = source.take();
        try {
            dev.holdfast.jdbc.Session session = dev.holdfast.jdbc.Session.of(lent.connection(), GREETING);
            long asked = statements.granted(leaseMillis);
            statements.limit(session, asked);
            long sent = System.nanoTime();
            Connected connected = statements.connected(session);
            if (connected.leaseMillis() != asked) {
                throw Faults.fatal(
                        null,
                        "No locks with mode=session at " + source.where() + ": the server was told to end an idle"
                                + " connection after " + asked + " ms, and says " + connected.leaseMillis()
                                + " ms. Something between, such as a pooler, swallows the setting, or this user may not make"
                                + " it; use mode=row",
                        null);
            }
            preparation.run(session);
            HoldingSession made = new HoldingSession(source, statements, lent, connected, sent);
            made.ping();
            return made;
        } catch (SQLException | RuntimeException e) {
            source.discard(lent);
            throw e;
        }
    }

    // What the engine reads

    @Override
    public long validUntilNanos() {
        return validUntil;
    }

    @Override
    public LeaseLoss loss() {
        return over ? LeaseLoss.SESSION_CLOSED : LeaseLoss.BACKEND_UNREACHABLE;
    }

    @Override
    public long timeoutNanos() {
        return leaseNanos;
    }

    // What is asked on the connection

    long connection() {
        return connection;
    }

    boolean isValid() {
        return !over && validUntil - System.nanoTime() > 0;
    }

    /** When it is time for a sign of life, and to hear of an end that nobody told. */
    long nextPing() {
        return lastSent + leaseNanos / 3;
    }

    /** From when on it takes locks: a server that was restarted has forgotten who held them, while they still believe in it. */
    long takesFrom() {
        return takesFrom;
    }

    void ping() throws SQLException {
        same(ask(statements::ping));
    }

    /** The claim's revision, or null if it holds nothing here. */
    @Nullable
    Long revisionOf(String key, String claim) {
        Hold hold = holds.get(key);
        return hold != null && hold.claim.equals(claim) ? hold.revision : null;
    }

    boolean holds(String key) {
        return holds.containsKey(key);
    }

    /** Takes a lock that this connection does not hold; returns its revision, or 0. */
    long take(String key, String claim, String ownerLabel) throws SQLException {
        Took took = ask(session -> statements.take(session, key));
        same(took.connection());
        if (took.revision() != 0) {
            holds.put(key, new Hold(claim, took.revision()));
            if (!label.equals(ownerLabel)) {
                ask(session -> {
                    statements.label(session, ownerLabel);
                    return true;
                });
                label = ownerLabel;
            }
        }
        return took.revision();
    }

    /** The server had no room to do what it was asked: makes sure that some locks are not held, or throws. */
    void undo(List<String> keys) throws SQLException {
        // It does not matter which of them were held.
        boolean unused = ask(session -> statements.release(session, keys, false));
    }

    void release(List<String> keys) throws SQLException {
        keys.forEach(holds::remove);
        boolean held;
        try {
            held = ask(session -> statements.release(session, keys, true));
        } catch (SQLException e) {
            if (FaultKind.of(e) != FaultKind.FULL) {
                throw e;
            }
            // There was no room to tell anybody; who waits looks now and then.
            undo(keys);
            held = true;
        }
        if (!held) {
            throw new SQLException("The server does not know of a lock that this connection should hold");
        }
    }

    private void same(long answered) {
        if (answered != connection) {
            throw pooled(source.where(), null);
        }
    }

    static RuntimeException pooled(String where, @Nullable Throwable cause) {
        return Faults.fatal(
                null,
                "No locks with mode=session at " + where + ": statements on one connection are answered by several of"
                        + " the server's, as behind a pooler in transaction mode. Connect to the server itself, or use"
                        + " mode=row",
                cause);
    }

    private <T extends @Nullable Object> T ask(Database.Work<T> work) throws SQLException {
        long sent = System.nanoTime();
        long left = validUntil - sent;
        if (over || left <= 0) {
            throw new SQLException(
                    "The server may have ended this connection, of which it has not heard for too long", "08003");
        }
        dev.holdfast.jdbc.Session session = dev.holdfast.jdbc.Session.of(lent.connection(), left);
        lent.connection().setNetworkTimeout(Runnable::run, (int) Math.max(1, left / 1_000_000));
        T answer = work.run(session);
        if (!isValid()) {
            // What was lost for a moment never comes back.
            throw new SQLException("The answer came when the server may have ended this connection", "08006");
        }
        extend(sent);
        return Objects.requireNonNull(answer);
    }

    private void extend(long sentNanos) {
        lastSent = sentNanos;
        validUntil = sentNanos + leaseNanos - Math.max(leaseNanos / 100, LEAST_MARGIN);
    }

    /** Nothing is held here any more, as soon as the server hears of it. */
    void end() {
        if (!over) {
            over = true;
            long now = System.nanoTime();
            if (validUntil - now > 0) {
                validUntil = now;
            }
            source.discard(lent);
        }
    }
}
