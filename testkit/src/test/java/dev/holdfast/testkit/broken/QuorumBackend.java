// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.broken;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockInfo;
import dev.holdfast.Tier;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A client of {@link QuorumNodes}. */
final class QuorumBackend implements LockBackend {
    private final QuorumNodes nodes;

    QuorumBackend(QuorumNodes nodes) {
        this.nodes = nodes;
    }

    @Override
    public String id() {
        return "quorum";
    }

    @Override
    public Deployment open(BackendEvents events, Duration timeout) {
        return Deployment.of(Tier.L, Deployment.Expiry.PER_LOCK).withBlocking(true);
    }

    @Override
    public void acquire(Claim claim) {
        long sent = System.nanoTime();
        long revision = nodes.acquire(claim.key(), claim.id(), claim.leaseNanos());
        if (revision == 0) {
            claim.busy(0);
        } else {
            claim.granted(revision, sent, claim.leaseNanos());
        }
    }

    @Override
    public void withdraw(Claim claim) {
        claim.freed(nodes.release(claim.key(), claim.id()));
    }

    @Override
    public void renew(List<Claim> claims) {
        for (Claim claim : claims) {
            long sent = System.nanoTime();
            if (nodes.renew(claim.key(), claim.id(), claim.leaseNanos())) {
                claim.renewed(sent);
            } else {
                claim.gone(LeaseLoss.TAKEN_OVER);
            }
        }
    }

    @Override
    public void release(Claim claim, @Nullable Claim next) {
        claim.freed(nodes.release(claim.key(), claim.id()));
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        claims.forEach(claim -> nodes.release(claim.key(), claim.id()));
    }

    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        return refused("inspect");
    }

    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        return refused("list");
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        return refused("forceRelease");
    }

    private static <T extends @Nullable Object> CompletionStage<T> refused(String what) {
        return CompletableFuture.failedFuture(
                BackendException.fatal("quorum", null, "The quorum store of the tests cannot " + what, null));
    }

    @Override
    public void close() {
        // There is no connection.
    }
}
