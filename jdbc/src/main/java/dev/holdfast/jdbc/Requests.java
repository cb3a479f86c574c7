// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.LockInfo;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Page;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What an opened backend does, in one of its modes; each method as in {@link dev.holdfast.spi.LockBackend}. */
interface Requests extends AutoCloseable {
    void acquire(Claim claim);

    /** Gives a lock back, or takes a claim back: the same to a data base. */
    void leave(Claim claim);

    void renew(List<Claim> claims);

    void releaseAll(List<Claim> claims, long giveUpNanos);

    CompletionStage<@Nullable LockInfo> inspect(String key);

    CompletionStage<Page> list(String prefix, @Nullable String cursor);

    CompletionStage<Boolean> forceRelease(String key, boolean now);

    @Override
    void close();
}
