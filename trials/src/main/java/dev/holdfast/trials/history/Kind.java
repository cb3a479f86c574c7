// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

/** What an operation of a history is. */
public enum Kind {
    /** Waits for a lock. */
    ACQUIRE(1),
    /** Asks for a lock without waiting. */
    TRY(2),
    /** Gives a lock back. */
    RELEASE(3),
    /** The holder was told that its lease is lost. */
    LOST(4),
    /** A write to the resource that the lock guards, with the token of the lease; the resource accepts or refuses it. */
    USE(5),
    /** {@code isHeld()} that said yes. */
    HELD(6),
    /** A process was stopped from the call to the return, by the one that wrote this down. */
    STOPPED(7),
    /** A process was killed: the signal went out after the call, and the process had ended at the return. */
    KILLED(8);

    private final int code;

    Kind(int code) {
        this.code = code;
    }

    /** What stands in a record. */
    int code() {
        return code;
    }
}
