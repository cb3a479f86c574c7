// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Session;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A claim without the engine: it keeps its answers, and a test may ask again from within one. */
class PlainClaim extends Claim {
    /** For a backend that tells nobody. */
    static final BackendEvents NOBODY = new Nobody();

    /** Nobody is told of anything. */
    static class Nobody implements BackendEvents {
        @Override
        public void wake(String key) {}

        @Override
        public void contended(Claim claim) {}

        @Override
        public void gone(Claim claim, LeaseLoss why) {}

        @Override
        public void sessionLost(Session session, LeaseLoss why) {}

        @Override
        public void verify() {}
    }

    private final String key;
    private final String id = UUID.randomUUID().toString();
    private final List<String> answers = new CopyOnWriteArrayList<>();
    private volatile boolean waits;

    PlainClaim(String key) {
        this.key = key;
    }

    /** From now on it stands in line. */
    void becomePatient() {
        waits = true;
    }

    /** The names of the methods by which it was answered. */
    List<String> answers() {
        return answers;
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
        return id;
    }

    @Override
    public String ownerLabel() {
        return "test";
    }

    @Override
    public long leaseNanos() {
        return TimeUnit.SECONDS.toNanos(4);
    }

    @Override
    public boolean waits() {
        return waits;
    }

    @Override
    public long giveUpNanos() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
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
        answers.add("notRenewed");
    }

    @Override
    public void freed(boolean held) {
        answers.add("freed");
    }

    @Override
    public void notFreed(BackendException cause) {
        answers.add("notFreed");
    }
}
