// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The command cannot go on; the message says why and what to do, in one line. */
final class Failure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    Failure(int exitCode, String message) {
        this(exitCode, message, null);
    }

    Failure(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
