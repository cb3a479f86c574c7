// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The client was closed: by a call on a closed client, or while the caller was waiting for a lock. */
public final class ClientClosedException extends LockException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Made by the engine.
     *
     * @param lockName the lock that was asked for, or null
     * @param message what was tried
     */
    public ClientClosedException(@Nullable String lockName, String message) {
        super(lockName, message, null);
    }
}
