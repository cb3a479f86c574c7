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
import dev.holdfast.testkit.broken.SmallStore.Held;
import dev.holdfast.testkit.broken.SmallStore.Reply;
import dev.holdfast.testkit.broken.SmallStore.Request;
import dev.holdfast.testkit.broken.SmallStore.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client side of a {@link SmallStore}. */
final class SmallBackend implements LockBackend {
    private final SmallStore store;
    private final SmallLink link;
    private final Defect defect;
    private final Map<String, Claim> claims = new ConcurrentHashMap<>();
    private @Nullable BackendEvents events;

    SmallBackend(SmallStore store, SmallLink link, Defect defect) {
        this.store = store;
        this.link = link;
        this.defect = defect;
    }

    @Override
    public String id() {
        return "small";
    }

    @Override
    public Deployment open(BackendEvents listener, Duration timeout) {
        events = listener;
        return Deployment.of(Tier.L, Deployment.Expiry.PER_LOCK).withLine(true).withDemand(true);
    }

    @Override
    public void acquire(Claim claim) {
        boolean repeated = claims.put(claim.id(), claim) != null;
        if (repeated && defect == Defect.WAKE_UP_BY_MESSAGE_ONLY && claim.attachment() != null) {
            claim.queued();
            return;
        }
        ask(claim);
    }

    private void ask(Claim claim) {
        Request request = new Request(
                claim.key(), claim.name(), claim.id(), claim.ownerLabel(), claim.leaseNanos(), claim.waits(), link);
        long sent = System.nanoTime();
        link.send(() -> {
            Reply reply = store.acquire(request);
            return () -> answer(claim, reply, defect == Defect.DEADLINE_FROM_REPLY ? System.nanoTime() : sent);
        });
    }

    private void answer(Claim claim, Reply reply, long sent) {
        switch (reply.verdict()) {
            case GRANTED -> {
                claim.attach(null);
                claim.granted(reply.number(), sent, claim.leaseNanos());
            }
            case QUEUED -> {
                claim.attach("queued");
                claim.queued();
            }
            case FOREIGN ->
                claim.failed(
                        BackendException.fatal(
                                "small",
                                claim.name(),
                                "The record of " + claim.name() + " is no lock: remove it",
                                null),
                        false);
            default -> claim.busy(Math.max(0, reply.number()));
        }
    }

    /** A pushed grant is only believed when the store confirms it: the push may be older than the lease. */
    void grantPushed(String id, long revision, long leaseNanos) {
        Claim claim = claims.get(id);
        if (claim == null) {
            return;
        }
        if (defect == Defect.LATE_WAITER_WINS) {
            claim.granted(revision, System.nanoTime(), leaseNanos);
        } else {
            ask(claim);
        }
    }

    void contendedPushed(String id) {
        Claim claim = claims.get(id);
        if (claim != null && events != null) {
            events.contended(claim);
        }
    }

    @Override
    public void withdraw(Claim claim) {
        link.send(() -> {
            Reply reply = store.withdraw(claim.key(), claim.id());
            return () -> freed(claim, reply);
        });
    }

    private void freed(Claim claim, Reply reply) {
        claims.remove(claim.id(), claim);
        claim.freed(reply.verdict() == Verdict.YES);
    }

    @Override
    public void renew(List<Claim> due) {
        for (Claim claim : due) {
            long sent = System.nanoTime();
            link.send(() -> {
                Reply reply = store.renew(claim.key(), claim.id());
                return () -> {
                    if (reply.verdict() == Verdict.YES) {
                        claim.renewed(defect == Defect.DEADLINE_FROM_REPLY ? System.nanoTime() : sent);
                    } else {
                        claim.gone(LeaseLoss.TAKEN_OVER);
                    }
                };
            });
        }
    }

    @Override
    public void release(Claim claim, @Nullable Claim next) {
        link.send(() -> {
            Reply reply = store.release(claim.key(), claim.id());
            return () -> freed(claim, reply);
        });
        if (next != null) {
            acquire(next);
        }
    }

    @Override
    public void releaseAll(List<Claim> all, long giveUpNanos) {
        CountDownLatch open = new CountDownLatch(all.size());
        for (Claim claim : all) {
            link.send(() -> {
                store.withdraw(claim.key(), claim.id());
                return open::countDown;
            });
        }
        try {
            open.await(giveUpNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        CompletableFuture<@Nullable LockInfo> answer = new CompletableFuture<>();
        link.send(() -> {
            Held held = store.inspect(key);
            return () -> answer.complete(held == null ? null : info(held));
        });
        return answer;
    }

    private static LockInfo info(Held held) {
        return LockInfo.of(held.name())
                .ownerLabel(held.label())
                .revision(held.revision())
                .remaining(Duration.ofNanos(Math.max(0, held.remainingNanos())))
                .waiters(held.waiters())
                .build();
    }

    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        CompletableFuture<Page> answer = new CompletableFuture<>();
        link.send(() -> {
            List<LockInfo> locks =
                    store.list(prefix).stream().map(SmallBackend::info).toList();
            return () -> answer.complete(new Page(locks, null));
        });
        return answer;
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        link.send(() -> {
            boolean held = store.forceRelease(key, now);
            return () -> answer.complete(held);
        });
        return answer;
    }

    @Override
    public void close() {
        link.close();
    }
}
