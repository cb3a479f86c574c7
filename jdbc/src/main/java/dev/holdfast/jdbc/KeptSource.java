// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection out of a pool that is kept for renewals, from the first one on: a program that uses up its own pool must not lose its locks. For
 * one thread at a time, but for the end.
 */
final class KeptSource implements ConnectionSource {
    private final ConnectionSource pool;
    private volatile @Nullable Lent kept;

    KeptSource(ConnectionSource pool) {
        this.pool = pool;
    }

    @Override
    public Lent take() throws SQLException {
        Lent last = kept;
        kept = null;
        return last == null ? pool.take() : last;
    }

    @Override
    public void giveBack(Lent lent) {
        kept = lent;
    }

    @Override
    public void discard(Lent lent) {
        pool.discard(lent);
    }

    @Override
    public void distrust() {
        pool.distrust();
    }

    @Override
    public String where() {
        return pool.where();
    }

    /** After the thread that renews has ended. */
    @Override
    public void close() {
        Lent last = kept;
        kept = null;
        if (last != null) {
            pool.giveBack(last);
        }
    }
}
