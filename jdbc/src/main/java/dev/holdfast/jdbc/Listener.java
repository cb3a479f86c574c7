// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.jdbc.ConnectionSource.Lent;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hears from PostgreSQL that locks came free: one connection that listens while this client waits for anything. It is believed once it has
 * heard what this client itself sent on another connection; behind a pooler that changes servers between transactions, that never comes, and
 * waiting means polling. Whenever it fails, whoever waits asks again, because something may have been missed.
 */
final class Listener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.holdfast.jdbc");
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** How long it goes on listening when nobody waits any more. */
    private static final long IDLE = 10 * SECOND;

    /** How long its own greeting may take. */
    private static final long GREETING = 2 * SECOND;

    /** How long the connection may be quiet before it is asked whether it still works. */
    private static final long QUIET = 5 * SECOND;

    private static final long SHORTEST_RETRY = SECOND / 5;
    private static final long LONGEST_RETRY = 30 * SECOND;
    private static final int ROUND_MILLIS = 500;

    private final Database database;
    private final PostgresDialect dialect;
    private final ThreadFactory threads = Lanes.factory("listen");
    private final ReentrantLock mutex = new ReentrantLock();
    private final Condition closing = mutex.newCondition();
    private @Nullable Thread thread;
    private volatile boolean closed;
    private volatile boolean ready;
    private volatile @Nullable Waiters waiters;

    Listener(Database database, PostgresDialect dialect) {
        this.database = database;
        this.dialect = dialect;
    }

    /** Whether what comes free is told from now on. */
    boolean isReady() {
        return ready;
    }

    /** Somebody has begun to wait. */
    void stir(Waiters whose) {
        waiters = whose;
        mutex.lock();
        try {
            if (thread == null && !closed) {
                thread = threads.newThread(this::run);
                thread.start();
            }
        } finally {
            mutex.unlock();
        }
    }

    private void run() {
        long pause = SHORTEST_RETRY;
        while (!ends(false)) {
            boolean heard = false;
            try {
                heard = listen();
            } catch (CallFailure | SQLException e) {
                LOG.log(Level.DEBUG, "Notifications of PostgreSQL are lost; polling until they come again", e);
            } finally {
                boolean was = ready;
                ready = false;
                Waiters current = waiters;
                if (was && current != null) {
                    current.wakeAll();
                }
            }
            pause = heard ? SHORTEST_RETRY : Math.min(LONGEST_RETRY, pause * 2);
            if (!ends(true)) {
                rest(pause);
            }
        }
    }

    /** In one step with the starting of a thread, or somebody would wait without any. */
    private boolean ends(boolean idle) {
        mutex.lock();
        try {
            if (closed || (idle && nobodyWaits())) {
                thread = null;
                return true;
            }
            return thread != Thread.currentThread();
        } finally {
            mutex.unlock();
        }
    }

    private boolean nobodyWaits() {
        Waiters current = waiters;
        return current == null || current.isEmpty();
    }

    private void rest(long nanos) {
        mutex.lock();
        try {
            long left = nanos;
            while (!closed && left > 0) {
                left = closing.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            mutex.unlock();
        }
    }

    /** Listens until nobody waits; whether it ever heard anything. */
    private boolean listen() throws SQLException, CallFailure {
        Lent lent = database.source().take();
        try {
            Session session = Session.of(lent.connection(), GREETING);
            Notifications notifications = Notifications.of(lent.connection());
            if (notifications == null) {
                rest(LONGEST_RETRY);
                return false;
            }
            session.run("LISTEN \"" + dialect.channel() + "\"");
            boolean heard = greets(notifications);
            if (heard) {
                ready = true;
                Waiters current = waiters;
                if (current != null) {
                    // What came free before this moment has told nobody.
                    current.wakeAll();
                }
                hear(session, notifications);
            }
            return heard;
        } finally {
            // It listens, so it is of no use for anything else; a pool must not give it to anybody.
            database.source().discard(lent);
        }
    }

    private boolean greets(Notifications notifications) throws SQLException, CallFailure {
        String greeting = "?" + UUID.randomUUID();
        long end = System.nanoTime() + GREETING;
        database.call(null, "greet", end, session -> dialect.tell(session, greeting));
        while (System.nanoTime() - end < 0 && !closed) {
            if (notifications.await(ROUND_MILLIS / 5).contains(greeting)) {
                return true;
            }
        }
        return false;
    }

    private void hear(Session session, Notifications notifications) throws SQLException {
        long quietSince = System.nanoTime();
        long idleSince = quietSince;
        while (!closed) {
            List<String> keys = notifications.await(ROUND_MILLIS);
            Waiters current = waiters;
            long now = System.nanoTime();
            if (current != null) {
                keys.forEach(current::wake);
            }
            if (!keys.isEmpty()) {
                quietSince = now;
            } else if (now - quietSince > QUIET) {
                session.run("SELECT 1");
                quietSince = now;
            }
            if (!nobodyWaits()) {
                idleSince = now;
            } else if (now - idleSince > IDLE) {
                return;
            }
        }
    }

    @Override
    public void close() {
        mutex.lock();
        try {
            closed = true;
            closing.signalAll();
        } finally {
            mutex.unlock();
        }
    }
}
