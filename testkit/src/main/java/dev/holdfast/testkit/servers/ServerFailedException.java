// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A server is not installed, did not start, or did not do what it was told. The message has the end of its log. */
public final class ServerFailedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    ServerFailedException(String message) {
        super(message);
    }

    ServerFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
