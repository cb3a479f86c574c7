// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.io.Serial;

/** The lock was held by somebody else for the whole of the time that the caller was willing to wait. */
public final class LockTimeoutException extends LockException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Made by the engine.
     *
     * @param lockName the lock that was waited for
     * @param message how long was waited
     */
    public LockTimeoutException(String lockName, String message) {
        super(lockName, message, null);
    }
}
