// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A claim that keeps every answer that it gets. */
final class RecordingClaim extends Claim {
    /** The ways in which a backend can answer. */
    enum Kind {
        GRANTED,
        QUEUED,
        BUSY,
        FAILED,
        RENEWED,
        GONE,
        NOT_RENEWED,
        FREED,
        NOT_FREED
    }

    /** An answer. Times are values of {@link System#nanoTime()}. */
    record Answer(
            Kind kind,
            long atNanos,
            long revision,
            long sentNanos,
            long leaseNanos,
            @Nullable Session session,
            boolean flag,
            @Nullable BackendException cause) {
        Answer(Kind kind) {
            this(kind, 0, 0, null);
        }

        Answer(Kind kind, long revision, long sentNanos, @Nullable Session session) {
            this(kind, System.nanoTime(), revision, sentNanos, 0, session, false, null);
        }

        Answer with(boolean newFlag, @Nullable BackendException newCause) {
            return new Answer(kind, atNanos, revision, sentNanos, leaseNanos, session, newFlag, newCause);
        }

        Answer withLease(long nanos) {
            return new Answer(kind, atNanos, revision, sentNanos, nanos, session, flag, cause);
        }

        /** Whether a grant is valid at a time, as the engine would see it but for the margin. */
        boolean isValidAt(long nanos) {
            long end = session == null ? sentNanos + leaseNanos : session.validUntilNanos();
            return end == Long.MAX_VALUE || end - nanos > 0;
        }
    }

    private final String key;
    private final String id = UUID.randomUUID().toString().toLowerCase(Locale.ROOT);
    private final long leaseNanos;
    private final boolean waits;
    private final List<Answer> answers = new ArrayList<>();
    private volatile long giveUpNanos;

    RecordingClaim(String key, Duration leaseTime, boolean waits) {
        this.key = key;
        this.leaseNanos = leaseTime.toNanos();
        this.waits = waits;
    }

    void giveUpAfter(Duration time) {
        giveUpNanos = System.nanoTime() + time.toNanos();
    }

    private synchronized void add(Answer answer) {
        answers.add(answer);
        notifyAll();
    }

    synchronized int count() {
        return answers.size();
    }

    synchronized List<Answer> answers(Kind... kinds) {
        Set<Kind> wanted = kinds.length == 0 ? EnumSet.allOf(Kind.class) : Set.of(kinds);
        return answers.stream().filter(answer -> wanted.contains(answer.kind())).toList();
    }

    /** The first answer of one of some kinds after the first {@code seen} answers. */
    synchronized @Nullable Answer await(int seen, Duration time, Set<Kind> kinds) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        int next = seen;
        while (true) {
            for (; next < answers.size(); next++) {
                if (kinds.contains(answers.get(next).kind())) {
                    return answers.get(next);
                }
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return null;
            }
            wait(left);
        }
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
        return "label of " + id;
    }

    @Override
    public long leaseNanos() {
        return leaseNanos;
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
    public void granted(long revision, long sentNanos, long grantedLeaseNanos) {
        add(new Answer(Kind.GRANTED, revision, sentNanos, null).withLease(grantedLeaseNanos));
    }

    @Override
    public void granted(long revision, Session session) {
        add(new Answer(Kind.GRANTED, revision, 0, session));
    }

    @Override
    public void queued() {
        add(new Answer(Kind.QUEUED));
    }

    @Override
    public void busy(long retryAfterNanos) {
        add(new Answer(Kind.BUSY));
    }

    @Override
    public void failed(BackendException cause, boolean mayHaveApplied) {
        add(new Answer(Kind.FAILED).with(mayHaveApplied, cause));
    }

    @Override
    public void renewed(long sentNanos) {
        add(new Answer(Kind.RENEWED, 0, sentNanos, null));
    }

    @Override
    public void gone(LeaseLoss why) {
        add(new Answer(Kind.GONE));
    }

    @Override
    public void notRenewed(BackendException cause) {
        add(new Answer(Kind.NOT_RENEWED).with(false, cause));
    }

    @Override
    public void freed(boolean held) {
        add(new Answer(Kind.FREED).with(held, null));
    }

    @Override
    public void notFreed(BackendException cause) {
        add(new Answer(Kind.NOT_FREED).with(false, cause));
    }

    @Override
    public String toString() {
        return "claim " + id + " on " + key;
    }
}
