// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.io.Serial;

/** The caller relied on a lease that had ended. What it did since the loss may overlap with another holder. */
public final class LeaseLostException extends LockException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Why the lease ended. */
    private final LeaseLoss loss;

    /**
     * Made by the engine.
     *
     * @param lockName the lock that was held
     * @param loss why the lease ended
     * @param message what was relied on
     */
    public LeaseLostException(String lockName, LeaseLoss loss, String message) {
        super(lockName, message, null);
        this.loss = loss;
    }

    /**
     * Why the lease ended.
     *
     * @return the reason
     */
    public LeaseLoss loss() {
        return loss;
    }
}
