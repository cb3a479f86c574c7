// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memory;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockInfo;
import dev.holdfast.Tier;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.InstantBackend;
import dev.holdfast.spi.Page;
import dev.holdfast.spi.Session;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Locks for the threads of one JVM. All backends of one group share their locks; a group lives as long as any of its backends is open.
 * Locks do not expire: they end when they are released, when their client is closed, and with the JVM. Waiting clients stand in line.
 */
public final class MemoryBackend implements InstantBackend {
    private final String groupName;
    private @Nullable BackendEvents events;
    /** Stays after closing: a claim whose request was overtaken by that is granted late, and must be given back all the same. */
    private volatile @Nullable Group group;

    private volatile boolean closed;

    /**
     * A backend that is not opened yet.
     *
     * @param group the name of the group; clients of other groups are not excluded
     */
    public MemoryBackend(String group) {
        groupName = Objects.requireNonNull(group, "group");
    }

    @Override
    public String id() {
        return "memory";
    }

    @Override
    public Deployment open(BackendEvents toTell, Duration timeout) {
        events = toTell;
        group = Group.join(groupName);
        return Deployment.of(Tier.L, Deployment.Expiry.SESSION).withLine(true).withDemand(true);
    }

    @Override
    public long grantAtOnce(Claim claim) {
        Group joined = group;
        if (joined == null || closed) {
            return 0;
        }
        return joined.take(claim, client());
    }

    @Override
    public boolean freeAtOnce(Claim claim) {
        Group joined = group;
        return joined != null && joined.free(claim);
    }

    private BackendEvents client() {
        return Objects.requireNonNull(events, "not opened");
    }

    /** Who is told about a claim of whatever client. */
    private static BackendEvents clientOf(Claim claim) {
        return Objects.requireNonNull(Slot.Seat.of(claim), "unknown claim").client();
    }

    @Override
    public void acquire(Claim claim) {
        Group joined = group;
        if (joined == null || closed) {
            claim.failed(BackendException.fatal(id(), claim.name(), "the backend is closed", null), false);
            return;
        }
        Group.Change change = joined.enter(claim, client());
        if (change.granted() != null) {
            claim.granted(change.revision(), Session.UNENDING);
        } else if (change.inLine()) {
            claim.queued();
            tellContended(change);
        } else {
            claim.busy(0);
        }
    }

    @Override
    public void withdraw(Claim claim) {
        release(claim, null);
    }

    @Override
    public void release(Claim claim, @Nullable Claim next) {
        Group joined = group;
        if (joined == null) {
            claim.freed(false);
            return;
        }
        Group.Change change = joined.leave(claim, next, client());
        claim.freed(change.held());
        tellNext(change, next);
    }

    private static void tellNext(Group.Change change, @Nullable Claim next) {
        Claim granted = change.granted();
        if (next != null && granted != next) {
            next.queued();
        }
        if (granted != null) {
            granted.granted(change.revision(), Session.UNENDING);
        }
        tellContended(change);
    }

    private static void tellContended(Group.Change change) {
        Claim holder = change.contended();
        if (holder != null) {
            clientOf(holder).contended(holder);
        }
    }

    @Override
    public void renew(List<Claim> claims) {
        long sentNanos = System.nanoTime();
        for (Claim claim : claims) {
            Group joined = group;
            if (joined != null && joined.isHeldBy(claim)) {
                claim.renewed(sentNanos);
            } else {
                claim.gone(LeaseLoss.TAKEN_OVER);
            }
        }
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        claims.forEach(this::withdraw);
    }

    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        Group joined = group;
        return CompletableFuture.completedFuture(joined == null ? null : joined.inspect(key));
    }

    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        Group joined = group;
        return CompletableFuture.completedFuture(new Page(joined == null ? List.of() : joined.list(prefix), null));
    }

    /** There is no lease to run out: the holder is told, and then the lock is free, whether {@code now} or not. */
    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        Group joined = group;
        Claim holder = joined == null ? null : joined.holder(key);
        if (holder == null) {
            return CompletableFuture.completedFuture(false);
        }
        clientOf(holder).gone(holder, LeaseLoss.TAKEN_OVER);
        withdraw(holder);
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public void close() {
        Group joined = group;
        if (joined != null && !closed) {
            closed = true;
            joined.quit();
        }
    }
}
