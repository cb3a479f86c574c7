// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Removes rows that nobody has used for a week: about once an hour, by clients that release locks, a few hundred at a time. A token lies a week behind the
 * clock by then, so those that follow are larger although they begin anew.
 */
final class Purge {
    static final long UNUSED_MICROS = TimeUnit.DAYS.toMicros(7);

    private static final System.Logger LOG = System.getLogger("dev.holdfast.jdbc");
    private static final long EVERY = TimeUnit.HOURS.toNanos(1);
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);
    private static final int MOST_AT_ONCE = 200;
    private static final int MOST_ROUNDS = 50;

    private final Database database;
    private final Lanes lanes;
    private final AtomicLong nextAt;

    Purge(Database database, Lanes lanes) {
        this.database = database;
        this.lanes = lanes;
        // Clients that start together do not purge together.
        nextAt = new AtomicLong(System.nanoTime() + ThreadLocalRandom.current().nextLong(EVERY));
    }

    /** A good moment, if it is time. */
    void now() {
        long at = nextAt.get();
        long now = System.nanoTime();
        if (now - at >= 0 && nextAt.compareAndSet(at, now + EVERY)) {
            lanes.requests().execute(this::run);
        }
    }

    /** Returns how many rows went. */
    int run() {
        int removed = 0;
        try {
            for (int round = 0; round < MOST_ROUNDS; round++) {
                int some = database.call(null, "purge", System.nanoTime() + PATIENCE, session -> {
                    List<String> unused = database.dialect().unused(session, UNUSED_MICROS, MOST_AT_ONCE);
                    return unused.isEmpty() ? 0 : database.dialect().remove(session, unused, UNUSED_MICROS);
                });
                removed += some;
                if (some == 0) {
                    break;
                }
            }
        } catch (CallFailure e) {
            LOG.log(Level.DEBUG, "Rows of unused locks could not be removed; that is tried again in an hour", e);
        }
        return removed;
    }
}
