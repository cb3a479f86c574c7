// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import dev.holdfast.Lease;
import java.time.Duration;

/** An operation that was called. Exactly one of the methods is to be called, once, as soon as it returned; none if that is never known. */
public final class RecordedCall {
    private final HistoryRecorder recorder;
    private final int slot;
    private final int nameSlot;

    RecordedCall(HistoryRecorder recorder, int slot, int nameSlot) {
        this.recorder = recorder;
        this.slot = slot;
        this.nameSlot = nameSlot;
    }

    /**
     * The acquisition was granted.
     *
     * @param lease what was granted; its token and remaining time are written down
     * @return the hold, to which later operations belong
     */
    public RecordedHold granted(Lease lease) {
        long returned = System.nanoTime();
        return granted(returned, lease.token(), validUntil(lease));
    }

    /**
     * The acquisition was granted by something that has no {@link Lease}.
     *
     * @param token its fencing token, positive
     * @param validUntilNanos until when it is valid as of {@link System#nanoTime}; {@link Long#MAX_VALUE} for ever
     * @return the hold, to which later operations belong
     */
    public RecordedHold granted(long token, long validUntilNanos) {
        return granted(System.nanoTime(), token, validUntilNanos);
    }

    private RecordedHold granted(long returned, long token, long validUntilNanos) {
        recorder.answer(slot, Outcome.OK, returned, token, validUntilNanos);
        return new RecordedHold(recorder, slot, nameSlot);
    }

    /**
     * Never later than the lease's own deadline: the clock is read before the lease is asked how much is left. With nothing left the
     * deadline may be anywhere in the past.
     */
    static long validUntil(Lease lease) {
        long before = System.nanoTime();
        Duration remaining = lease.remaining();
        if (remaining.isZero() || remaining.isNegative()) {
            return Long.MIN_VALUE;
        }
        if (remaining.compareTo(Duration.ofNanos(Long.MAX_VALUE - before)) >= 0) {
            return Long.MAX_VALUE;
        }
        return before + remaining.toNanos();
    }

    /** It did what it was asked to. */
    public void done() {
        recorder.answer(slot, Outcome.OK, System.nanoTime(), 0, Long.MIN_VALUE);
    }

    /** It certainly had no effect: busy, timed out, refused. */
    public void failed() {
        recorder.answer(slot, Outcome.FAIL, System.nanoTime(), 0, Long.MIN_VALUE);
    }

    /** It ended, and may have had an effect or not. */
    public void unknown() {
        recorder.answer(slot, Outcome.UNKNOWN, System.nanoTime(), 0, Long.MIN_VALUE);
    }

    void heldUntil(long returned, long validUntilNanos) {
        recorder.answer(slot, Outcome.OK, returned, 0, validUntilNanos);
    }
}
