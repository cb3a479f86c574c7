// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import dev.holdfast.BackendException;
import dev.holdfast.LockInfo;
import dev.holdfast.Tier;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.BackendProvider;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A store that only answers questions, for what no store without a server can show: {@code staged:N} has N held locks with leases and
 * waiters, in pages of 1,000, named {@code lock-0} and so on. {@code ?fails-at=n} breaks off at the n-th, {@code ?says=text} adds a text to
 * names and labels. A forced release is told to standard error.
 */
public final class StagedBackend implements LockBackend {
    private static final int PAGE = 1_000;
    private static final Instant SINCE = Instant.parse("2025-01-02T03:04:05.678Z");

    private final int size;
    private final int failsAt;
    private final String says;

    StagedBackend(int size, int failsAt, String says) {
        this.size = size;
        this.failsAt = failsAt;
        this.says = says;
    }

    /** Found by the client. */
    public static final class Provider implements BackendProvider {
        @Override
        public Set<String> schemes() {
            return Set.of("staged");
        }

        @Override
        public LockBackend create(BackendUri uri) {
            String failsAt = uri.take("fails-at");
            String says = uri.take("says");
            return new StagedBackend(
                    Integer.parseInt(uri.path()),
                    failsAt == null ? Integer.MAX_VALUE : Integer.parseInt(failsAt),
                    says == null ? "" : says);
        }
    }

    @Override
    public String id() {
        return "staged";
    }

    @Override
    public Deployment open(BackendEvents events, Duration timeout) {
        return Deployment.of(Tier.L, Deployment.Expiry.PER_LOCK);
    }

    private LockInfo lock(int number) {
        return LockInfo.of("lock-" + number + says)
                .ownerLabel("host:" + number + says)
                .revision(1_000_000L + number)
                .since(SINCE)
                .remaining(Duration.ofMillis(12_345))
                .waiters(number)
                .build();
    }

    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        for (int number = 0; number < size; number++) {
            if (key.equals(lock(number).name())) {
                return CompletableFuture.completedFuture(lock(number));
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        int from = cursor == null ? 0 : Integer.parseInt(cursor);
        if (from >= failsAt) {
            return CompletableFuture.failedFuture(BackendException.transientFault("staged", null, "went away", null));
        }
        List<LockInfo> page = new ArrayList<>();
        for (int number = from; number < Math.min(size, from + PAGE); number++) {
            page.add(lock(number));
        }
        return CompletableFuture.completedFuture(
                new Page(page, from + PAGE < size ? Integer.toString(from + PAGE) : null));
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        System.err.println("forced " + key + (now ? " now" : ""));
        return inspect(key).thenApply(held -> held != null);
    }

    @Override
    public void acquire(Claim claim) {
        claim.failed(BackendException.fatal("staged", claim.name(), "it only answers questions", null), false);
    }

    @Override
    public void withdraw(Claim claim) {
        claim.freed(false);
    }

    @Override
    public void renew(List<Claim> claims) {
        throw new UnsupportedOperationException("nothing is ever granted");
    }

    @Override
    public void release(Claim claim, @Nullable Claim next) {
        throw new UnsupportedOperationException("nothing is ever granted");
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {}

    @Override
    public void close() {}
}
