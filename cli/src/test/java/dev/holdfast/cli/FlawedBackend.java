// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import dev.holdfast.LeaseLoss;
import dev.holdfast.LockInfo;
import dev.holdfast.Tier;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.BackendProvider;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Locks in files of a directory, one record each, changed under a lock of the kernel: {@code sound:/directory} excludes and fences. Each
 * other scheme has one defect, which the torture must find.
 */
public final class FlawedBackend implements LockBackend {
    private static final Set<String> SCHEMES =
            Set.of("sound", "releases-anybody", "grants-everybody", "constant-token", "holds-for-ever");
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /** {@code holds-for-ever}: how much longer the holder believes than the store does, and every renewal says yes. */
    private static final int TIMES_LONGER = 4;

    private final String defect;
    private final Path directory;

    /** Found by the client. */
    public static final class Provider implements BackendProvider {
        @Override
        public Set<String> schemes() {
            return SCHEMES;
        }

        @Override
        public LockBackend create(BackendUri uri) {
            return new FlawedBackend(uri.scheme(), Path.of(uri.path()));
        }
    }

    /** What a file holds; the owner is the hash of a claim's id, 0 for nobody. */
    private record Entry(long owner, long untilNanos, long revision) {
        boolean isHeld() {
            return owner != 0 && untilNanos - System.nanoTime() > 0;
        }
    }

    private FlawedBackend(String defect, Path directory) {
        this.defect = defect;
        this.directory = directory;
    }

    @Override
    public String id() {
        return defect;
    }

    @Override
    public Deployment open(BackendEvents events, Duration timeout) {
        return Deployment.of(Tier.L, Deployment.Expiry.PER_LOCK).withBlocking(true);
    }

    private static long owner(Claim claim) {
        return claim.id().hashCode() * 2L + 1;
    }

    /** Threads of one process may not lock a file of the kernel's twice. */
    private synchronized Entry change(String key, UnaryOperator<Entry> change) {
        try (FileChannel file = FileChannel.open(
                        directory.resolve(key),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            ByteBuffer bytes = ByteBuffer.allocate(3 * Long.BYTES);
            file.read(bytes, 0);
            Entry before = new Entry(bytes.getLong(0), bytes.getLong(8), bytes.getLong(16));
            Entry after = change.apply(before);
            if (!after.equals(before)) {
                bytes.clear();
                bytes.putLong(0, after.owner).putLong(8, after.untilNanos).putLong(16, after.revision);
                file.write(bytes, 0);
            }
            return after;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void acquire(Claim claim) {
        long sent = System.nanoTime();
        Entry entry = change(claim.key(), before -> {
            boolean free = !before.isHeld() || defect.equals("grants-everybody");
            return free && before.owner != owner(claim)
                    ? new Entry(owner(claim), sent + claim.leaseNanos(), before.revision + 1)
                    : before;
        });
        if (entry.owner != owner(claim)) {
            claim.busy(RETRY_NANOS);
            return;
        }
        claim.granted(
                defect.equals("constant-token") ? 1 : entry.revision,
                sent,
                defect.equals("holds-for-ever") ? TIMES_LONGER * claim.leaseNanos() : claim.leaseNanos());
    }

    @Override
    public void withdraw(Claim claim) {
        claim.freed(free(claim));
    }

    @Override
    public void release(Claim claim, @Nullable Claim next) {
        claim.freed(free(claim));
        if (next != null) {
            acquire(next);
        }
    }

    private boolean free(Claim claim) {
        boolean[] mine = new boolean[1];
        change(claim.key(), before -> {
            mine[0] = before.isHeld() && before.owner == owner(claim);
            return mine[0] || defect.equals("releases-anybody") ? new Entry(0, 0, before.revision) : before;
        });
        return mine[0];
    }

    @Override
    public void renew(List<Claim> claims) {
        for (Claim claim : claims) {
            long sent = System.nanoTime();
            Entry entry = change(
                    claim.key(),
                    before -> before.isHeld() && before.owner == owner(claim)
                            ? new Entry(before.owner, sent + claim.leaseNanos(), before.revision)
                            : before);
            if ((entry.isHeld() && entry.owner == owner(claim)) || defect.equals("holds-for-ever")) {
                claim.renewed(sent);
            } else {
                claim.gone(LeaseLoss.TAKEN_OVER);
            }
        }
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        claims.forEach(this::free);
    }

    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        Entry entry = change(key, before -> before);
        return CompletableFuture.completedFuture(
                entry.isHeld() ? LockInfo.of(key).revision(entry.revision).build() : null);
    }

    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        return CompletableFuture.failedFuture(
                dev.holdfast.BackendException.fatal(defect, null, "this store cannot list", null));
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        return CompletableFuture.completedFuture(false);
    }

    @Override
    public void close() {}
}
