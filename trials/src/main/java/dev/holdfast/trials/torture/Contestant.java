// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.trials.history.HistoryRecorder;
import dev.holdfast.trials.history.RecordedHold;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the workers fight for: the lock under test, or a broken one that must be caught. Writes down what it does. */
interface Contestant {
    /**
     * Asks for a lock.
     *
     * @param timeout how long to wait; zero to try once
     * @return the hold, or null if somebody else has it
     */
    @Nullable
    Held acquire(HistoryRecorder recorder, String name, Duration timeout) throws InterruptedException;

    /** A lock that was granted. */
    interface Held {
        RecordedHold recorded();

        long token();

        boolean isHeld();

        void release();
    }
}
