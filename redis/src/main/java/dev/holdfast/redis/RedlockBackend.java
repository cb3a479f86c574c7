// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.LockInfo;
import dev.holdfast.redis.link.Driver;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Locks on several independent Redis servers, of which most must agree: Redlock. Any minority of them may fail without anybody noticing. Its
 * fencing tokens rise whatever minority fails, because a grant is written to most servers before it is handed out.
 *
 * <p>URI: {@code redlock://host1:6379,host2:6379,host3:6379}; the parameters are on the page about Redlock in the documentation. The
 * backend has connections of its own.
 */
public final class RedlockBackend implements LockBackend {
    static final String ID = "redlock";

    private final RedlockOptions options;
    private volatile @Nullable Opened opened;

    private record Opened(Voters voters, VoteRecords records) {}

    RedlockBackend(RedlockOptions options) {
        this.options = options;
    }

    /**
     * A backend that is not opened yet. Does no I/O.
     *
     * @param uri the URI, with no other parameters than those of this backend
     * @return the backend
     * @throws IllegalArgumentException if the URI is wrong
     */
    public static RedlockBackend of(String uri) {
        BackendUri parsed = BackendUri.parse(uri);
        RedlockBackend backend = new RedlockBackend(RedlockOptions.of(parsed));
        parsed.rejectUnknown();
        return backend;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Deployment open(BackendEvents events, Duration timeout) {
        Voters voters = new Voters(options, events, driver());
        opened = new Opened(voters, new VoteRecords(voters));
        return voters.open(timeout);
    }

    private Driver driver() {
        try {
            return new Driver(options.servers().access(), UnaryOperator.identity());
        } catch (IllegalArgumentException e) {
            throw Faults.unusableFiles(e);
        }
    }

    private Opened opened() {
        return Objects.requireNonNull(opened, "not opened");
    }

    @Override
    public void acquire(Claim claim) {
        Ballot.of(opened().voters, claim).acquire();
    }

    @Override
    public void withdraw(Claim claim) {
        leave(claim, claim.giveUpNanos(), () -> {});
    }

    @Override
    public void release(Claim claim, @Nullable Claim next) {
        leave(claim, claim.giveUpNanos(), () -> {});
    }

    private static void leave(Claim claim, long giveUpNanos, Runnable afterwards) {
        Ballot ballot = Ballot.ofKnown(claim);
        if (ballot == null) {
            claim.freed(false);
            afterwards.run();
        } else {
            ballot.leave(giveUpNanos, afterwards);
        }
    }

    @Override
    public void renew(List<Claim> claims) {
        VoteRenewal.renew(opened().voters, claims);
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        BulkRelease.of(claims, giveUpNanos, (claim, afterwards) -> leave(claim, giveUpNanos, afterwards));
    }

    /**
     * {@inheritDoc}
     *
     * <p>If not all servers have the holder's vote, the owner label says on how many it stands.
     */
    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        return opened().records.inspect(key);
    }

    /**
     * {@inheritDoc}
     *
     * <p>The keys of one server after the other are scanned in pages, so a listing never blocks a server; a lock that is taken or released
     * meanwhile may be missing.
     */
    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        return opened().records.list(prefix, cursor);
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        return opened().records.forceRelease(key, now);
    }

    @Override
    public void close() {
        Opened last = opened;
        if (last != null) {
            last.voters.close();
        }
    }
}
