// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The command cannot go on; the message says why and what to do, in one line. */
public final class Failure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    public Failure(int exitCode, String message) {
        this(exitCode, message, null);
    }

    public Failure(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
