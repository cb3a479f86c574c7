// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.BackendException;
import java.io.Serial;

/** A request that failed. */
final class CallFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final BackendException fault;
    private final boolean mayHaveApplied;
    private final boolean blocked;

    CallFailure(BackendException fault, boolean mayHaveApplied, boolean blocked) {
        super(fault.getMessage(), fault);
        this.fault = fault;
        this.mayHaveApplied = mayHaveApplied;
        this.blocked = blocked;
    }

    /** What to tell. */
    BackendException fault() {
        return fault;
    }

    /** Whether the server may have done what it was asked, or still do it. */
    boolean mayHaveApplied() {
        return mayHaveApplied;
    }

    /** Whether it waited for a row that somebody else has locked. */
    boolean blocked() {
        return blocked;
    }
}
