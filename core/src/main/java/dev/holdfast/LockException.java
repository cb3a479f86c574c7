// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The root of everything that can go wrong with a lock. Misuse of the API is an {@link IllegalArgumentException} instead. */
public abstract class LockException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The lock that this is about, or null. */
    private final @Nullable String lockName;

    /**
     * For subclasses.
     *
     * @param lockName the lock that this is about, or null when it is about the client as a whole
     * @param message what was tried, for how long, and what to do
     * @param cause what the store or its driver said, or null
     */
    LockException(@Nullable String lockName, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.lockName = lockName;
    }

    /**
     * The lock that this is about.
     *
     * @return the name, or null when the exception is about the client as a whole
     */
    public final @Nullable String lockName() {
        return lockName;
    }
}
