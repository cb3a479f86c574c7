// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections out of the user's pool: each goes back after its request, with the settings with which it came. Its transactions are never the
 * caller's, because requests run on threads of the backend's own.
 */
final class PooledSource implements ConnectionSource {
    private static final System.Logger LOG = System.getLogger("dev.holdfast.jdbc");

    private final DataSource pool;
    private final Set<Connection> lent = ConcurrentHashMap.newKeySet();

    /** The isolation that the pool gives, or -1 while unknown: to ask for it costs a round trip, and all connections have the same. */
    private volatile int isolation = -1;

    /** Whether these connections go to another pooler, which shares the server's out by transactions; null while unknown. */
    private volatile @Nullable Boolean pooledAgain;

    PooledSource(DataSource pool) {
        this.pool = pool;
    }

    @Override
    public Lent take() throws SQLException {
        Connection connection = pool.getConnection();
        lent.add(connection);
        try {
            return new Lent(connection, true, prepare(connection));
        } catch (SQLException | RuntimeException e) {
            back(connection);
            throw e;
        }
    }

    private Restoring prepare(Connection connection) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        if (!autoCommit) {
            connection.setAutoCommit(true);
        }
        if (isolation < 0) {
            isolation = connection.getTransactionIsolation();
        }
        int usual = isolation;
        boolean other = usual != Connection.TRANSACTION_READ_COMMITTED;
        if (other) {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
        Integer preparedAfter = prepareNothingBehindPooler(connection);
        int timeout = networkTimeout(connection);
        return () -> {
            if (preparedAfter != null) {
                PostgresPooler.prepareAfter(connection, preparedAfter);
            }
            if (timeout >= 0) {
                connection.setNetworkTimeout(Runnable::run, timeout);
            }
            if (other) {
                connection.setTransactionIsolation(usual);
            }
            if (!autoCommit) {
                connection.setAutoCommit(false);
            }
        };
    }

    /** Returns what the driver did before, if it has to be put back. */
    private @Nullable Integer prepareNothingBehindPooler(Connection connection) throws SQLException {
        Boolean known = pooledAgain;
        if (known == null) {
            known = PostgresPooler.isBetween(connection);
            pooledAgain = known;
        }
        Integer before = known ? PostgresPooler.preparesAfter(connection) : null;
        if (before != null) {
            PostgresPooler.prepareAfter(connection, 0);
        }
        return before;
    }

    private static int networkTimeout(Connection connection) throws SQLException {
        try {
            return connection.getNetworkTimeout();
        } catch (SQLFeatureNotSupportedException e) {
            return -1;
        }
    }

    @Override
    public void giveBack(Lent given) {
        Restoring restore = given.restore();
        try {
            if (restore != null) {
                restore.restore();
            }
        } catch (SQLException e) {
            LOG.log(Level.DEBUG, "A connection could not be put back as it was, and is ended", e);
            discard(given);
            return;
        }
        back(given.connection());
    }

    /** Once: the end of the client may come while a request still has it. */
    private void back(Connection connection) {
        if (!lent.remove(connection)) {
            return;
        }
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.log(Level.DEBUG, "A connection could not be given back to its pool", e);
        }
    }

    /** A pool drops a connection that was aborted; closing it would put it back. */
    @Override
    public void discard(Lent given) {
        abort(given.connection());
    }

    private void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.log(Level.DEBUG, "A connection could not be aborted", e);
        }
        back(connection);
    }

    @Override
    public void distrust() {
        // The pool's own business.
    }

    /** A small pool, or one whose connections are all in use, must not lose any for good. */
    @Override
    public int spare(int most) {
        List<FutureTask<Lent>> tries = new ArrayList<>();
        List<Lent> got = new ArrayList<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        try {
            for (int i = 0; i < most; i++) {
                FutureTask<Lent> next = new FutureTask<>(this::take);
                tries.add(next);
                Lanes.factory("spare").newThread(next).start();
                got.add(next.get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
            }
        } catch (TimeoutException e) {
            FutureTask<Lent> late = tries.get(tries.size() - 1);
            Lanes.factory("spare").newThread(() -> giveBackLate(late)).start();
        } catch (ExecutionException e) {
            LOG.log(Level.DEBUG, "The pool has no further connection", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        got.forEach(this::giveBack);
        return got.size();
    }

    private void giveBackLate(FutureTask<Lent> late) {
        try {
            giveBack(late.get());
        } catch (ExecutionException e) {
            LOG.log(Level.DEBUG, "The pool has no further connection", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String where() {
        return "the DataSource " + pool.getClass().getName();
    }

    /** The pool stays open; what hangs in a request of ours does not. */
    @Override
    public void close() {
        lent.forEach(this::abort);
    }
}
