// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for what a server does in its own time. */
final class Waiting {
    /** Generous: the machine may be busy with other tests. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration STEP = Duration.ofMillis(10);

    /** A question that is asked again and again. */
    @FunctionalInterface
    interface Question {
        boolean ask() throws IOException;
    }

    private Waiting() {}

    /**
     * Asks until the answer is yes; an exception means no.
     *
     * @return whether it was yes in time
     * @throws ServerFailedException if this thread is interrupted
     */
    static boolean until(Question question, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!isTrue(question)) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            LockSupport.parkNanos(STEP.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new ServerFailedException("interrupted while waiting for a server");
            }
        }
        return true;
    }

    private static boolean isTrue(Question question) {
        try {
            return question.ask();
        } catch (IOException e) {
            return false; // it is not there yet
        }
    }
}
