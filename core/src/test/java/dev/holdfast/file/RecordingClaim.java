// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Session;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A claim that writes down its answers. */
class RecordingClaim extends Claim {
    private final String key;
    private final boolean waits;
    final List<String> answers = new CopyOnWriteArrayList<>();
    volatile long revision;
    volatile @Nullable BackendException failure;

    RecordingClaim(String key, boolean waits) {
        this.key = key;
        this.waits = waits;
    }

    static RecordingClaim trying(String key) {
        return new RecordingClaim(key, false);
    }

    static RecordingClaim waiting(String key) {
        return new RecordingClaim(key, true);
    }

    String last() {
        return answers.isEmpty() ? "none" : answers.get(answers.size() - 1);
    }

    boolean has(String answer) {
        return answers.contains(answer);
    }

    BackendException failure() {
        BackendException cause = failure;
        if (cause == null) {
            throw new AssertionError("no failure but " + answers);
        }
        return cause;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String name() {
        return "Full/" + key;
    }

    @Override
    public String id() {
        return "claim-" + System.identityHashCode(this);
    }

    @Override
    public String ownerLabel() {
        return "test:" + ProcessHandle.current().pid();
    }

    @Override
    public long leaseNanos() {
        return 30_000_000_000L;
    }

    @Override
    public boolean waits() {
        return waits;
    }

    @Override
    public long giveUpNanos() {
        return System.nanoTime() + 1_000_000_000L;
    }

    @Override
    public void granted(long storeRevision, long sentNanos, long leaseNanos) {
        answers.add("granted a lease");
    }

    @Override
    public void granted(long storeRevision, Session session) {
        revision = storeRevision;
        answers.add(session == Session.UNENDING ? "granted" : "granted in a session");
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
        failure = cause;
        answers.add(mayHaveApplied ? "failed, perhaps applied" : "failed");
    }

    @Override
    public void renewed(long sentNanos) {
        answers.add("renewed");
    }

    @Override
    public void gone(LeaseLoss why) {
        answers.add("gone " + why);
    }

    @Override
    public void notRenewed(BackendException cause) {
        answers.add("not renewed");
    }

    @Override
    public void freed(boolean held) {
        answers.add(held ? "freed, was held" : "freed");
    }

    @Override
    public void notFreed(BackendException cause) {
        answers.add("not freed");
    }
}
