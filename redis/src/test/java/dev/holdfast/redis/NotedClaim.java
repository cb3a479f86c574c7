// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Session;
import java.util.concurrent.CompletableFuture;

/** A claim without an engine, that tells how it was answered first. */
class NotedClaim extends Claim {
    private final String key;
    private final long giveUpNanos = System.nanoTime() + Stage.PATIENCE.toNanos();
    private final CompletableFuture<String> answer = new CompletableFuture<>();

    NotedClaim(String key) {
        this.key = key;
    }

    final CompletableFuture<String> answer() {
        return answer;
    }

    @Override
    public final String key() {
        return key;
    }

    @Override
    public final String name() {
        return key;
    }

    @Override
    public final String id() {
        return "0123456789abcdef";
    }

    @Override
    public final String ownerLabel() {
        return "test";
    }

    @Override
    public final long leaseNanos() {
        return Stage.PATIENCE.toNanos();
    }

    @Override
    public final boolean waits() {
        return true;
    }

    @Override
    public long giveUpNanos() {
        return giveUpNanos;
    }

    @Override
    public final void granted(long revision, long sentNanos, long leaseNanos) {
        answer.complete("granted");
    }

    @Override
    public final void granted(long revision, Session session) {
        answer.complete("granted");
    }

    @Override
    public final void queued() {
        answer.complete("queued");
    }

    @Override
    public final void busy(long retryAfterNanos) {
        answer.complete("busy");
    }

    @Override
    public final void failed(BackendException cause, boolean mayHaveApplied) {
        answer.complete(mayHaveApplied ? "failed, perhaps applied" : "failed");
    }

    @Override
    public final void renewed(long sentNanos) {
        answer.complete("renewed");
    }

    @Override
    public final void gone(LeaseLoss why) {
        answer.complete("gone");
    }

    @Override
    public final void notRenewed(BackendException cause) {
        answer.complete("not renewed");
    }

    @Override
    public final void freed(boolean held) {
        answer.complete("freed");
    }

    @Override
    public final void notFreed(BackendException cause) {
        answer.complete("not freed");
    }
}
