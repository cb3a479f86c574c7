// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets MariaDB and MySQL tell those who wait that a lock came free, with {@code GET_LOCK}: a holder has the lock's bell too, and whoever waits is
 * blocked at the server until the bell comes free. It only wakes: whether the lock is free, its row says. A bell that is lost, or that somebody
 * else has, costs time and nothing else, because whoever is not blocked at a bell polls.
 *
 * <p>Holding is one connection for all bells of a client; waiting is one for each name, for a few names.
 */
final class Doorbell implements AutoCloseable {
    static final int MOST_LISTENERS = 4;

    private static final System.Logger LOG = System.getLogger("dev.holdfast.jdbc");
    private static final int SLICE_SECONDS = 5;
    private static final long SLICE = TimeUnit.SECONDS.toNanos(SLICE_SECONDS);
    private static final long STATEMENT = TimeUnit.SECONDS.toNanos(2);
    private static final long IDLE = TimeUnit.SECONDS.toNanos(5);

    /** A bell that nobody held rings at once; then polling is better. */
    private static final long AT_ONCE = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int NAME_LENGTH = 60;

    private final ConnectionSource source;
    private final String table;
    private final int listeners;
    private final ReentrantLock mutex = new ReentrantLock();
    private final Condition changed = mutex.newCondition();

    /** The keys of the locks that this client holds, each with the id of the claim that does; and those of whose bells its connection has. */
    private final Map<String, String> held = new HashMap<>();

    private final Set<String> taken = new HashSet<>();
    private @Nullable Thread holding;
    private volatile boolean closed;

    /** Since when somebody is blocked at the bell of a key, or 0 while he is not. */
    private final Map<String, Long> blocked = new ConcurrentHashMap<>();

    Doorbell(ConnectionSource source, String table, int listeners) {
        this.source = source;
        this.table = table;
        this.listeners = Math.min(listeners, MOST_LISTENERS);
    }

    String bell(String key) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest((table + '\0' + key).getBytes(StandardCharsets.UTF_8));
            return ("hf:" + HexFormat.of().formatHex(hash)).substring(0, NAME_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    // Holding

    /** A claim of this client has the lock. Does not wait for the bell: a lock that is released soon never has one. */
    void granted(String key, String claimId) {
        mutex.lock();
        try {
            held.put(key, claimId);
            if (holding == null && !closed) {
                holding = Lanes.factory("bell").newThread(this::hold);
                holding.start();
            }
            changed.signal();
        } finally {
            mutex.unlock();
        }
    }

    /**
     * It has given the lock back, or lost it: the bell rings. Not if the next claim of this client has the lock by now: a release that is repeated after an
     * outage may be late.
     */
    void freed(String key, String claimId) {
        mutex.lock();
        try {
            if (held.remove(key, claimId)) {
                changed.signal();
            }
        } finally {
            mutex.unlock();
        }
    }

    private void hold() {
        while (true) {
            ConnectionSource.Lent lent = null;
            try {
                lent = source.take();
                reconcile(lent);
                if (closed) {
                    // It may have bells.
                    source.discard(lent);
                } else {
                    source.giveBack(lent);
                }
                return;
            } catch (SQLException e) {
                LOG.log(
                        Level.DEBUG,
                        "The bells of this client are lost; those who wait poll until it has them again",
                        e);
                if (lent != null) {
                    source.discard(lent);
                }
            } catch (RuntimeException | Error e) {
                if (lent != null) {
                    source.discard(lent);
                }
                throw e;
            }
            if (pausesAfterFailure()) {
                return;
            }
        }
    }

    /** True if that was the end. */
    private boolean pausesAfterFailure() {
        mutex.lock();
        try {
            taken.clear();
            long left = SLICE;
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (closed || held.isEmpty()) {
                holding = null;
                return true;
            }
            return false;
        } catch (InterruptedException e) {
            holding = null;
            return true;
        } finally {
            mutex.unlock();
        }
    }

    /** Takes and frees bells until there is nothing to hold for a while. */
    private void reconcile(ConnectionSource.Lent lent) throws SQLException {
        while (true) {
            String key = next();
            if (key == null) {
                return;
            }
            Session session = Session.of(lent.connection(), STATEMENT);
            boolean has = has(key);
            String sql = has ? "SELECT RELEASE_LOCK(?)" : "SELECT GET_LOCK(?, 0)";
            answered(key, has, isDone(session, sql, bell(key)));
        }
    }

    private boolean has(String key) {
        mutex.lock();
        try {
            return taken.contains(key);
        } finally {
            mutex.unlock();
        }
    }

    private void answered(String key, boolean freed, boolean done) {
        mutex.lock();
        try {
            if (freed) {
                taken.remove(key);
            } else if (done) {
                taken.add(key);
            }
        } finally {
            mutex.unlock();
        }
        if (!done && !freed) {
            // Somebody who waited has it for a moment, or another client for a reason of its own.
            rest();
        }
    }

    /** The next bell to free or to take; null when there has been nothing to hold for a while, or at the end. */
    private @Nullable String next() throws SQLException {
        mutex.lock();
        try {
            long left = IDLE;
            String key = different();
            while (!closed && key == null && left > 0) {
                if (held.isEmpty()) {
                    left = changed.awaitNanos(left);
                } else {
                    changed.await();
                    left = IDLE;
                }
                key = different();
            }
            if (closed || key == null) {
                holding = null;
                return null;
            }
            return key;
        } catch (InterruptedException e) {
            throw new SQLException("interrupted", e);
        } finally {
            mutex.unlock();
        }
    }

    /** A key whose bell is held and whose lock is not, or the other way round. */
    private @Nullable String different() {
        for (String key : taken) {
            if (!held.containsKey(key)) {
                return key;
            }
        }
        for (String key : held.keySet()) {
            if (!taken.contains(key)) {
                return key;
            }
        }
        return null;
    }

    // Waiting

    /** Somebody has begun to wait. */
    void stir(Waiters waiters) {
        for (String key : waiters.asleep()) {
            listen(key, waiters);
        }
    }

    /** Whether a ring will tell when the lock comes free, so that nobody has to poll for it. */
    boolean rings(String key) {
        Long since = blocked.get(key);
        return since != null && since != 0 && System.nanoTime() - since > PAUSE;
    }

    private void listen(String key, Waiters waiters) {
        mutex.lock();
        try {
            if (closed || blocked.size() >= listeners || blocked.putIfAbsent(key, 0L) != null) {
                return;
            }
        } finally {
            mutex.unlock();
        }
        Lanes.factory("doorbell").newThread(() -> listenAt(key, waiters)).start();
    }

    private void listenAt(String key, Waiters waiters) {
        ConnectionSource.Lent lent = null;
        try {
            lent = source.take();
            while (!closed && waiters.waitsFor(key)) {
                ring(lent, key, waiters);
            }
            source.giveBack(lent);
        } catch (SQLException e) {
            LOG.log(Level.DEBUG, "A bell cannot be heard any more; polling goes on", e);
            if (lent != null) {
                source.discard(lent);
            }
        } finally {
            blocked.remove(key);
        }
    }

    private void ring(ConnectionSource.Lent lent, String key, Waiters waiters) throws SQLException {
        Session session = Session.of(lent.connection(), SLICE + STATEMENT);
        long since = System.nanoTime();
        blocked.put(key, since);
        boolean got = isDone(session, "SELECT GET_LOCK(?, " + SLICE_SECONDS + ")", bell(key));
        long waited = System.nanoTime() - since;
        blocked.put(key, 0L);
        if (got) {
            isDone(session, "SELECT RELEASE_LOCK(?)", bell(key));
        }
        waiters.wake(key);
        if (got && waited < AT_ONCE) {
            rest();
        }
    }

    private void rest() {
        mutex.lock();
        try {
            long left = PAUSE;
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            mutex.unlock();
        }
    }

    /** An answer that is not a number means that something went wrong, and nothing is known. */
    private static boolean isDone(Session session, String sql, String bell) throws SQLException {
        List<String> answers = session.query(sql, row -> String.valueOf(row.getString(1)), bell);
        String answer = answers.isEmpty() ? "nothing" : answers.get(0);
        if (!answer.equals("1") && !answer.equals("0")) {
            throw new SQLException(sql + " answered " + answer);
        }
        return answer.equals("1");
    }

    /** Whoever is blocked at the server goes on when its connection is ended. */
    @Override
    public void close() {
        mutex.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }
}
