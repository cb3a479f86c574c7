// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.scenario;

import dev.holdfast.load.worker.WorkerFailure;

/** Nothing happened in a round that could be measured: it was too short, or the store too busy. Other scenarios may do better. */
public final class NothingMeasured extends WorkerFailure {
    private static final long serialVersionUID = 1;

    NothingMeasured(String message) {
        super(message);
    }
}
