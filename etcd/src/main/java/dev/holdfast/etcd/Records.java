// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.LockInfo;
import dev.holdfast.etcd.link.Method;
import dev.holdfast.etcd.wire.KeyRecord;
import dev.holdfast.etcd.wire.LeaseReply;
import dev.holdfast.etcd.wire.Leases;
import dev.holdfast.etcd.wire.Range;
import dev.holdfast.etcd.wire.RangeReply;
import dev.holdfast.etcd.wire.Txn;
import dev.holdfast.etcd.wire.TxnReply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What operators ask about one lock: who holds it, and to take it away. */
final class Records {
    private static final long PATIENCE = 5_000_000_000L;

    private final Client client;

    Records(Client client) {
        this.client = client;
    }

    CompletionStage<@Nullable LockInfo> inspect(String lockKey) {
        CompletableFuture<@Nullable LockInfo> info = new CompletableFuture<>();
        var unused = contenders(lockKey).whenComplete((line, failure) -> {
            if (failure != null) {
                info.completeExceptionally(client.faults().of(lockKey, "inspect", failure));
            } else if (line.isEmpty()) {
                info.complete(null);
            } else {
                describe(lockKey, line, info);
            }
        });
        return info;
    }

    private CompletableFuture<List<KeyRecord>> contenders(String lockKey) {
        String prefix = Names.prefix(lockKey);
        return client.cluster()
                .call(Method.RANGE, Range.below(prefix).oldestFirst().request(), giveUp())
                .thenApply(
                        bytes -> Names.contenders(prefix, RangeReply.read(bytes).keys()));
    }

    private void describe(String lockKey, List<KeyRecord> line, CompletableFuture<@Nullable LockInfo> info) {
        KeyRecord holder = line.get(0);
        LockInfo.Builder known = holder(lockKey, holder).waiters(line.size() - 1);
        if (holder.lease() == 0) {
            info.complete(known.build());
            return;
        }
        var unused = client.cluster()
                .call(Method.TIME_TO_LIVE, Leases.timeToLive(holder.lease(), false), giveUp())
                .whenComplete((bytes, failure) -> {
                    if (failure != null) {
                        info.completeExceptionally(client.faults().of(lockKey, "inspect", failure));
                        return;
                    }
                    long seconds = LeaseReply.read(bytes).seconds();
                    info.complete(known.remaining(Duration.ofSeconds(Math.max(0, seconds)))
                            .build());
                });
    }

    /** The beginning of what there is to say about a lock whose oldest key is known. */
    static LockInfo.Builder holder(String lockKey, KeyRecord holder) {
        Value value = Value.read(holder.value());
        LockInfo.Builder info =
                LockInfo.of(value == null ? lockKey : value.name()).revision(holder.created());
        return value == null ? info : info.ownerLabel(value.ownerLabel());
    }

    CompletionStage<Boolean> forceRelease(String lockKey, boolean now) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        var unused = contenders(lockKey).whenComplete((line, failure) -> {
            if (failure != null) {
                done.completeExceptionally(client.faults().of(lockKey, "force the release of", failure));
            } else if (line.isEmpty()) {
                done.complete(false);
            } else {
                take(lockKey, line.get(0), now, done);
            }
        });
        return done;
    }

    /** What another holder has meanwhile is not touched: the key must be as it was read. */
    private void take(String lockKey, KeyRecord holder, boolean now, CompletableFuture<Boolean> done) {
        Value value = Value.read(holder.value());
        if (!now && (value == null || holder.lease() == 0)) {
            done.completeExceptionally(Faults.fatal(
                    lockKey,
                    "The holder of the lock '" + lockKey
                            + "' is not a client of this library and would not notice that its"
                            + " lock is taken away, so it can only be released at once (its key is '" + holder.key()
                            + "')",
                    null));
            return;
        }
        Txn txn = new Txn().ifModified(holder.key(), holder.modified());
        if (now) {
            txn.delete(holder.key());
        } else if (value != null && !value.revoked()) {
            txn.change(holder.key(), Value.revoke(holder.value()));
        }
        var unused = client.cluster().call(Method.TXN, txn.request(), giveUp()).whenComplete((bytes, failure) -> {
            if (failure != null) {
                done.completeExceptionally(client.faults().of(lockKey, "force the release of", failure));
            } else {
                done.complete(TxnReply.read(bytes).succeeded());
            }
        });
    }

    private static long giveUp() {
        return System.nanoTime() + PATIENCE;
    }
}
