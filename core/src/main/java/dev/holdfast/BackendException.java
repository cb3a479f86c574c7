// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The store could not be asked, or refused to answer: it is unreachable, too slow, out of space, or says that the caller may
 * not. This never means that somebody else holds the lock.
 */
public final class BackendException extends LockException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The backend that failed. */
    private final String backendId;

    /** Whether the same call may succeed later. */
    private final boolean isTransient;

    private BackendException(
            String backendId,
            boolean isTransient,
            @Nullable String lockName,
            String message,
            @Nullable Throwable cause) {
        super(lockName, message, cause);
        this.backendId = backendId;
        this.isTransient = isTransient;
    }

    /**
     * A fault that may pass by itself: an unreachable server, a timeout, a full disk. A waiting caller goes on trying until
     * its deadline.
     *
     * @param backendId {@code id()} of the backend, for example {@code redis}
     * @param lockName the lock that this is about, or null
     * @param message what was tried, for how long, and what to do
     * @param cause what the driver said, or null
     * @return the exception
     */
    public static BackendException transientFault(
            String backendId, @Nullable String lockName, String message, @Nullable Throwable cause) {
        return new BackendException(backendId, true, lockName, message, cause);
    }

    /**
     * A fault that trying again does not cure: wrong credentials, a record of a foreign type, a missing permission. It ends
     * an acquisition at once.
     *
     * @param backendId {@code id()} of the backend, for example {@code redis}
     * @param lockName the lock that this is about, or null
     * @param message what was tried, and what to do
     * @param cause what the driver said, or null
     * @return the exception
     */
    public static BackendException fatal(
            String backendId, @Nullable String lockName, String message, @Nullable Throwable cause) {
        return new BackendException(backendId, false, lockName, message, cause);
    }

    /**
     * The backend that failed.
     *
     * @return its id, for example {@code redis}
     */
    public String backendId() {
        return backendId;
    }

    /**
     * Whether the same call may succeed later without anybody changing anything.
     *
     * @return true for an outage, false for wrong credentials and the like
     */
    public boolean isTransient() {
        return isTransient;
    }
}
