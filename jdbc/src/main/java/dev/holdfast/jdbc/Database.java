// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.jdbc.ConnectionSource.Lent;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs requests: each on a connection of its own, within its time, and again where that is of use. Every request may be repeated, because it
 * names the claim that it is about.
 */
final class Database {
    private static final int MOST_CONFLICTS = 20;
    private static final long LONGEST_PAUSE = 10_000_000L;

    private final ConnectionSource source;
    private final Dialect dialect;
    private final Faults faults;
    private final boolean createTable;

    Database(ConnectionSource source, Dialect dialect, Faults faults, boolean createTable) {
        this.source = source;
        this.dialect = dialect;
        this.faults = faults;
        this.createTable = createTable;
    }

    /** The statements of a request. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T run(Session session) throws SQLException;
    }

    ConnectionSource source() {
        return source;
    }

    Dialect dialect() {
        return dialect;
    }

    Faults faults() {
        return faults;
    }

    <T extends @Nullable Object> T call(@Nullable String lock, String what, long giveUpNanos, Work<T> work)
            throws CallFailure {
        boolean applied = false;
        boolean madeTable = false;
        boolean renewed = false;
        int conflicts = 0;
        while (true) {
            long left = giveUpNanos - System.nanoTime();
            if (left <= 0) {
                throw new CallFailure(faults.tooLate(lock, what), applied, false);
            }
            Lent lent = take(lock, what, applied);
            SQLException failure;
            try {
                T result = work.run(Session.of(lent.connection(), left, dialect));
                source.giveBack(lent);
                return result;
            } catch (SQLException e) {
                failure = e;
            } catch (RuntimeException | Error e) {
                // Whoever waits for the answer must hear of it, and the server may have done what it was asked.
                source.discard(lent);
                throw new CallFailure(faults.thrown(lock, what, e), true, false);
            }
            FaultKind kind = FaultKind.of(failure);
            applied |= kind.mayHaveApplied();
            end(lent, kind);
            if (kind == FaultKind.LOST && lent.used() && !renewed) {
                source.distrust();
                renewed = true;
            } else if (kind == FaultKind.NO_TABLE && createTable && !madeTable) {
                madeTable = true;
                call(lock, "make the table for", giveUpNanos, this::makeTable);
            } else if (kind == FaultKind.CONFLICT && conflicts < MOST_CONFLICTS) {
                conflicts++;
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE));
            } else {
                throw new CallFailure(
                        faults.of(lock, what, kind, failure, dialect), applied, kind == FaultKind.BLOCKED);
            }
        }
    }

    private Lent take(@Nullable String lock, String what, boolean applied) throws CallFailure {
        try {
            return source.take();
        } catch (SQLException e) {
            FaultKind kind = FaultKind.of(e);
            FaultKind told = kind == FaultKind.LOST || kind == FaultKind.UNKNOWN ? FaultKind.NO_CONNECTION : kind;
            throw new CallFailure(faults.of(lock, what, told, e, dialect), applied, false);
        } catch (RuntimeException | Error e) {
            throw new CallFailure(faults.thrown(lock, what, e), applied, false);
        }
    }

    private void end(Lent lent, FaultKind kind) {
        if (kind.breaksConnection()) {
            source.discard(lent);
        } else {
            source.giveBack(lent);
        }
    }

    /** Clients that start together may all try; on PostgreSQL all but one of them may fail at that, and find the table a moment later. */
    boolean makeTable(Session session) throws SQLException {
        try {
            session.run(dialect.ddl());
        } catch (SQLException e) {
            try {
                dialect.check(session);
            } catch (SQLException stillNot) {
                e.addSuppressed(stillNot);
                throw e;
            }
        }
        return true;
    }
}
