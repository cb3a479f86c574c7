// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.LockInfo;
import dev.holdfast.Tier;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A backend that answers as a test says, and notes what it is asked. */
final class AnsweringBackend implements LockBackend {
    final List<String> requests = new ArrayList<>();
    private final Platform time;
    private final Map<Claim, Integer> numbers = new HashMap<>();
    private long revision = 1_000;
    Deployment deployment = Deployment.of(Tier.L, Deployment.Expiry.PER_LOCK);
    BackendEvents events;
    Runnable onOpen = () -> {};
    Consumer<Claim> onAcquire = this::grant;
    Consumer<Claim> onWithdraw = claim -> claim.freed(false);
    BiConsumer<Claim, Claim> onRelease = (claim, next) -> claim.freed(true);
    Consumer<Claim> onRenew;

    AnsweringBackend(Platform time) {
        this.time = time;
        onRenew = claim -> claim.renewed(time.nanoTime());
    }

    void grant(Claim claim) {
        claim.granted(++revision, time.nanoTime(), claim.leaseNanos());
    }

    private void note(String what, Claim claim) {
        requests.add(what + " " + numbers.computeIfAbsent(claim, c -> numbers.size() + 1));
    }

    long count(String request) {
        return requests.stream().filter(request::equals).count();
    }

    @Override
    public String id() {
        return "answering";
    }

    @Override
    public Deployment open(BackendEvents toTell, Duration timeout) {
        events = toTell;
        onOpen.run();
        return deployment;
    }

    @Override
    public void acquire(Claim claim) {
        note("acquire", claim);
        onAcquire.accept(claim);
    }

    @Override
    public void withdraw(Claim claim) {
        note("withdraw", claim);
        onWithdraw.accept(claim);
    }

    @Override
    public void renew(List<Claim> claims) {
        claims.forEach(claim -> {
            note("renew", claim);
            onRenew.accept(claim);
        });
    }

    @Override
    public void release(Claim claim, Claim next) {
        note("release", claim);
        onRelease.accept(claim, next);
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        claims.forEach(claim -> note("released in bulk", claim));
    }

    @Override
    public CompletionStage<LockInfo> inspect(String key) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Page> list(String prefix, String cursor) {
        return CompletableFuture.completedFuture(new Page(List.of(), null));
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        return CompletableFuture.completedFuture(false);
    }

    @Override
    public void close() {
        requests.add("close");
    }
}
