// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.LockInfo;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Page;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Locks that are rows, each with a lease of its own.
 *
 * @param asking about claims
 * @param questions of operators
 */
record RowLocks(Asking asking, Questions questions) implements Requests {
    @Override
    public void acquire(Claim claim) {
        asking.acquire(claim);
    }

    @Override
    public void leave(Claim claim) {
        asking.leave(claim);
    }

    @Override
    public void renew(List<Claim> claims) {
        asking.renew(claims);
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        asking.releaseAll(claims, giveUpNanos);
    }

    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        return questions.inspect(key);
    }

    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        return questions.list(prefix, cursor);
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        return questions.forceRelease(key, now);
    }

    /** Has nothing of its own. */
    @Override
    public void close() {}
}
