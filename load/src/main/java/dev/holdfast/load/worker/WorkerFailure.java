// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

/** A worker could not do what it was told, or has ended. The message says which worker and why. */
public class WorkerFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean outage;

    /**
     * A failure without a cause in this process.
     *
     * @param message what went wrong
     */
    public WorkerFailure(String message) {
        this(message, false);
    }

    WorkerFailure(String message, boolean outage) {
        super(message);
        this.outage = outage;
    }

    WorkerFailure(String message, Throwable cause) {
        super(message, cause);
        outage = cause instanceof WorkerFailure failure && failure.outage;
    }

    /**
     * Whether the worker had no other trouble than with its store.
     *
     * @return true if the store could not be reached, or refused
     */
    public boolean isOutage() {
        return outage;
    }
}
