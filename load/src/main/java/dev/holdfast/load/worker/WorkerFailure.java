// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

/** A worker could not do what it was told, or has ended. The message says which worker and why. */
public final class WorkerFailure extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * A failure without a cause in this process.
     *
     * @param message what went wrong
     */
    public WorkerFailure(String message) {
        super(message);
    }

    WorkerFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
