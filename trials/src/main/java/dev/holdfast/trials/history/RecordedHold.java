// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import dev.holdfast.Lease;

/** A granted lock in a history. Thread-safe. */
public final class RecordedHold {
    private final HistoryRecorder recorder;
    private final int slot;
    private final int nameSlot;

    RecordedHold(HistoryRecorder recorder, int slot, int nameSlot) {
        this.recorder = recorder;
        this.slot = slot;
        this.nameSlot = nameSlot;
    }

    /**
     * To be called before the lock is given back.
     *
     * @return the call, to be answered
     */
    public RecordedCall releasing() {
        return recorder.call(Kind.RELEASE, nameSlot, slot, 0);
    }

    /**
     * To be called before the guarded resource is written to with this hold's token. {@link RecordedCall#done() Done} means accepted,
     * {@link RecordedCall#failed() failed} refused.
     *
     * @return the call, to be answered
     */
    public RecordedCall using() {
        return recorder.call(Kind.USE, nameSlot, slot, 0);
    }

    /**
     * Asks the lease whether it is held, and writes down a yes and until when it holds.
     *
     * @param lease the lease of this hold
     * @return what {@link Lease#isHeld} said
     */
    public boolean isHeld(Lease lease) {
        RecordedCall call = recorder.call(Kind.HELD, nameSlot, slot, 0);
        boolean held = lease.isHeld();
        long returned = System.nanoTime();
        if (held) {
            call.heldUntil(returned, RecordedCall.validUntil(lease));
        } else {
            call.failed();
        }
        return held;
    }

    /** To be called as soon as the holder was told of the loss. */
    public void lost() {
        recorder.call(Kind.LOST, nameSlot, slot, 0).done();
    }
}
