// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import dev.holdfast.BackendException;
import org.jspecify.annotations.Nullable;

/** What is asked of the store for one {@link StoreClaim}, and its last word on it. Under the queue's mutex, but for what the backend reads. */
final class Exchange {
    /** The store's last word on a claim that is not granted. */
    enum Answer {
        NONE,
        QUEUED,
        BUSY,
        FAILED
    }

    /** A request has been sent, or is about to be, and has not been answered. */
    boolean asking;

    /** A timed-out or failed request may have left something in the store. */
    boolean mayExist;

    volatile boolean waits;
    volatile long giveUpAt;

    /** While nothing is being asked: when to ask again. */
    long nextAskAt = Nanos.NEVER;

    /** The caller who asks, if he does so on his own thread and waits for the answer. */
    @Nullable
    Thread asker;

    int failures;
    Answer answer = Answer.NONE;

    /** The lock may have come free while it was being asked for, perhaps after the answer that is on its way. */
    boolean askAgain;

    @Nullable
    BackendException failure;

    /** A request is about to be sent. */
    void begins(long now, boolean newWaits, long callNanos) {
        asking = true;
        askAgain = false;
        waits = newWaits;
        giveUpAt = Nanos.after(now, callNanos);
    }

    /** The lock is taken by somebody else. */
    void answered(Answer newAnswer) {
        asking = false;
        answer = newAnswer;
        mayExist |= newAnswer == Answer.QUEUED;
        failure = null;
        failures = 0;
    }

    void granted() {
        asking = false;
        failure = null;
        failures = 0;
    }

    /** What is known about it is over; the next failure is the first one. */
    void startsAnew() {
        failure = null;
        failures = 0;
    }

    /** When the keeper has to look at it again. */
    long nextDue() {
        return asking ? giveUpAt : nextAskAt;
    }
}
