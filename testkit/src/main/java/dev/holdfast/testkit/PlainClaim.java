// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Session;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A claim for a test that asks a backend without an engine: it keeps its answers in words. Its name is its key. */
public class PlainClaim extends Claim {
    private final String key;
    private final String id = UUID.randomUUID().toString();
    private final Duration leaseTime;
    private final List<String> answers = new CopyOnWriteArrayList<>();
    private volatile CompletableFuture<String> answer = new CompletableFuture<>();
    private volatile boolean waits;
    private volatile long giveUpNanos;

    /**
     * A claim whose first request may take its lease time.
     *
     * @param key of the lock
     * @param leaseTime how long it wants to have the lock
     * @param waits whether it stands in line
     */
    public PlainClaim(String key, Duration leaseTime, boolean waits) {
        this.key = key;
        this.leaseTime = leaseTime;
        asksNow(waits);
    }

    /**
     * What follows is answered anew, and may take the lease time.
     *
     * @param willingToWait whether it stands in line
     */
    public final void asksNow(boolean willingToWait) {
        answers.clear();
        answer = new CompletableFuture<>();
        waits = willingToWait;
        giveUpNanos = System.nanoTime() + leaseTime.toNanos();
    }

    /** The next request comes too late to be sent. */
    public final void asksTooLate() {
        giveUpNanos = System.nanoTime();
    }

    private void add(String word) {
        answers.add(word);
        answer.complete(word);
    }

    /**
     * How it was answered first since it last asked anew.
     *
     * @return one of {@link #answers()}, as soon as there is one
     */
    public final CompletableFuture<String> answer() {
        return answer;
    }

    /**
     * How it was answered since it last asked anew.
     *
     * @return {@code granted}, {@code queued}, {@code busy}, {@code failed}, {@code failed, perhaps applied}, {@code renewed}, {@code gone}, {@code not renewed},
     *     {@code freed}, {@code freed, not held}, {@code not freed}
     */
    public final List<String> answers() {
        return answers;
    }

    /**
     * Whether it was answered so since it last asked anew.
     *
     * @param answer one of {@link #answers()}
     * @return true if it was
     */
    public final boolean was(String answer) {
        return answers.contains(answer);
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
        return id;
    }

    @Override
    public final String ownerLabel() {
        return "test";
    }

    @Override
    public final long leaseNanos() {
        return leaseTime.toNanos();
    }

    @Override
    public final boolean waits() {
        return waits;
    }

    @Override
    public long giveUpNanos() {
        return giveUpNanos;
    }

    @Override
    public final void granted(long revision, long sentNanos, long leaseNanos) {
        add("granted");
    }

    @Override
    public final void granted(long revision, Session session) {
        add("granted");
    }

    @Override
    public void queued() {
        add("queued");
    }

    @Override
    public void busy(long retryAfterNanos) {
        add("busy");
    }

    @Override
    public final void failed(BackendException cause, boolean mayHaveApplied) {
        add(mayHaveApplied ? "failed, perhaps applied" : "failed");
    }

    @Override
    public final void renewed(long sentNanos) {
        add("renewed");
    }

    @Override
    public final void gone(LeaseLoss why) {
        add("gone");
    }

    @Override
    public final void notRenewed(BackendException cause) {
        add("not renewed");
    }

    @Override
    public final void freed(boolean held) {
        add(held ? "freed" : "freed, not held");
    }

    @Override
    public final void notFreed(BackendException cause) {
        add("not freed");
    }
}
