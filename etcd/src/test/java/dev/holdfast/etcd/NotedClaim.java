// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Session;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A claim without an engine, that keeps the names of its answers. */
final class NotedClaim extends Claim {
    private final String key;
    private final Duration leaseTime;
    private final List<String> answers = new CopyOnWriteArrayList<>();
    private volatile boolean waits;
    private volatile long giveUpNanos;

    NotedClaim(String key, Duration leaseTime) {
        this.key = key;
        this.leaseTime = leaseTime;
        asksNow(true);
    }

    /** What follows is answered anew, within a lease time. */
    void asksNow(boolean willingToWait) {
        answers.clear();
        waits = willingToWait;
        giveUpNanos = System.nanoTime() + leaseTime.toNanos();
    }

    /** The next request comes too late to be sent. */
    void asksTooLate() {
        asksNow(true);
        giveUpNanos = System.nanoTime();
    }

    List<String> answers() {
        return answers;
    }

    boolean was(String answer) {
        return answers.contains(answer);
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String name() {
        return key;
    }

    @Override
    public String id() {
        return "0123456789abcdef";
    }

    @Override
    public String ownerLabel() {
        return "test";
    }

    @Override
    public long leaseNanos() {
        return leaseTime.toNanos();
    }

    @Override
    public boolean waits() {
        return waits;
    }

    @Override
    public long giveUpNanos() {
        return giveUpNanos;
    }

    @Override
    public void granted(long revision, long sentNanos, long leaseNanos) {
        answers.add("granted");
    }

    @Override
    public void granted(long revision, Session session) {
        answers.add("granted");
    }

    @Override
    public void queued() {
        answers.add("queued");
    }

    @Override
    public void busy(long retryAfterNanos) {
        answers.add("busy");
    }

    @Override
    public void failed(BackendException cause, boolean mayHaveApplied) {
        answers.add("failed");
    }

    @Override
    public void renewed(long sentNanos) {
        answers.add("renewed");
    }

    @Override
    public void gone(LeaseLoss why) {
        answers.add("gone");
    }

    @Override
    public void notRenewed(BackendException cause) {
        answers.add("not renewed");
    }

    @Override
    public void freed(boolean held) {
        answers.add(held ? "freed" : "was not there");
    }

    @Override
    public void notFreed(BackendException cause) {
        answers.add("not freed");
    }
}
