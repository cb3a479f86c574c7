// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

/** How an operation of a history ended. */
public enum Outcome {
    /** Nobody knows: it failed half-way, or its process ended before it returned. */
    UNKNOWN(1),
    /** Granted, released, accepted. */
    OK(2),
    /** Certainly without effect: busy, timed out, refused. */
    FAIL(3);

    private final int code;

    Outcome(int code) {
        this.code = code;
    }

    /** What stands in a record. */
    int code() {
        return code;
    }
}
