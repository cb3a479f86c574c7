// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.BackendEvents;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The one thread that uses the connection which holds this client's locks: one request after the other, and a ping when there are none. */
final class Holding implements Executor, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.holdfast.jdbc");
    private static final long IDLE = TimeUnit.SECONDS.toNanos(10);
    private static final long CLOSING_MILLIS = 250;

    private final Database database;
    private final SessionStatements statements;
    private final long leaseMillis;
    private final boolean createFence;
    private final BackendEvents events;
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile @Nullable HoldingSession session;
    private volatile boolean closed;

    Holding(Database database, SessionStatements statements, JdbcOptions options, BackendEvents events) {
        this.database = database;
        this.statements = statements;
        this.leaseMillis = options.sessionTimeout().toMillis();
        this.createFence = options.createTable();
        this.events = events;
        thread = Lanes.factory("holding").newThread(this::run);
        thread.start();
    }

    /** Connects before the first lock is asked for, and waits for that for some time: its caller's time is not meant for connecting. */
    void begin(long nanos) {
        CountDownLatch done = new CountDownLatch(1);
        execute(() -> {
            try {
                HoldingSession unused = current(null, "hold");
            } catch (CallFailure e) {
                LOG.log(Level.DEBUG, "There is no connection for locks yet", e);
            } finally {
                done.countDown();
            }
        });
        try {
            boolean unused = done.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Something that the holding connection is asked for. */
    @FunctionalInterface
    interface Request<T extends @Nullable Object> {
        T ask(HoldingSession session) throws SQLException;
    }

    /** The connection that the client has now, or null. */
    @Nullable
    HoldingSession session() {
        return session;
    }

    /** Runs a task on the thread of the connection. What comes after the end has nobody left who waits for it. */
    @Override
    public void execute(Runnable task) {
        if (!closed) {
            tasks.add(task);
        }
    }

    private void run() {
        while (!closed) {
            HoldingSession current = session;
            long wait = current == null ? IDLE : current.nextPing() - System.nanoTime();
            Runnable task = null;
            try {
                task = wait <= 0 ? null : tasks.poll(wait, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                LOG.log(Level.DEBUG, "Nobody else has this thread, so an interrupt is for nobody", e);
            }
            try {
                if (task != null) {
                    task.run();
                } else if (current != null) {
                    keep(current);
                }
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "A request to the connection that holds locks threw", e);
                end();
            }
        }
        end();
    }

    /** Also a thread that was not scheduled for too long comes here, and finds that it is too late. */
    private void keep(HoldingSession current) {
        if (current.nextPing() - System.nanoTime() > 0) {
            return;
        }
        try {
            current.ping();
        } catch (SQLException | BackendException e) {
            LOG.log(
                    Level.WARNING,
                    "The connection that holds locks at " + database.source().where() + " is lost, and they with it: "
                            + e.getMessage());
            end();
        }
    }

    /** Ends what is held, and tells. */
    private void end() {
        HoldingSession last = session;
        if (last != null) {
            session = null;
            last.end();
            events.sessionLost(last, LeaseLoss.SESSION_CLOSED);
        }
    }

    // On the thread of the connection

    /** Asks on the present connection, or on a new one; whatever fails ends it. */
    <T extends @Nullable Object> T ask(@Nullable String lock, String what, Request<T> request) throws CallFailure {
        HoldingSession current = current(lock, what);
        try {
            return request.ask(current);
        } catch (SQLException e) {
            end();
            throw failure(lock, what, FaultKind.of(e), e, true);
        } catch (BackendException e) {
            end();
            throw new CallFailure(e, true, false);
        }
    }

    /** Nothing more can happen to it: a wait for a row, which the holding connection has no part in, would be an outage as well. */
    CallFailure failure(@Nullable String lock, String what, FaultKind kind, SQLException e, boolean mayHaveApplied) {
        FaultKind told = switch (kind) {
            case BLOCKED, CONFLICT -> FaultKind.LOST;
            default -> kind;
        };
        return new CallFailure(database.faults().of(lock, what, told, e, database.dialect()), mayHaveApplied, false);
    }

    private HoldingSession current(@Nullable String lock, String what) throws CallFailure {
        HoldingSession known = session;
        if (known != null && !known.isValid()) {
            end();
            known = null;
        }
        if (known != null) {
            return known;
        }
        try {
            HoldingSession made = HoldingSession.begin(database.source(), statements, leaseMillis, this::prepare);
            session = made;
            return made;
        } catch (SQLException e) {
            // One that was idle may have been ended; the next one is new.
            database.source().distrust();
            FaultKind kind = FaultKind.of(e);
            boolean unreached = kind == FaultKind.LOST || kind == FaultKind.UNKNOWN;
            throw failure(lock, what, unreached ? FaultKind.NO_CONNECTION : kind, e, false);
        } catch (BackendException e) {
            throw new CallFailure(e, false, false);
        }
    }

    /** The fence is there, and no less than the server's clock. */
    Boolean prepare(Session with) throws SQLException {
        return prepare(database, statements, createFence, with);
    }

    static boolean prepare(Database database, SessionStatements statements, boolean createFence, Session with)
            throws SQLException {
        try {
            statements.raise(with);
        } catch (SQLException e) {
            if (FaultKind.of(e) != FaultKind.NO_TABLE || !createFence) {
                throw e;
            }
            with.connection().setAutoCommit(true);
            database.makeTable(with);
            statements.raise(with);
        }
        return true;
    }

    /** Ends the connection; one that hangs is ended with the others of its source. */
    @Override
    public void close() {
        closed = true;
        tasks.add(() -> {});
        try {
            thread.join(CLOSING_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
