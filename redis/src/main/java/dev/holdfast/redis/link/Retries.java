// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.link;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** When a link tries to connect again, and what to make of a try that failed. */
final class Retries {
    private static final long FIRST_PAUSE = 10_000_000L;
    private static final long LONGEST_PAUSE = 500_000_000L;
    private static final int VAGUE_TRIES = 4;

    private final AtomicInteger tries = new AtomicInteger();

    /** It is connected. */
    void succeeded() {
        tries.set(0);
    }

    /** How long to wait before the next try: longer each time, and never the same for all clients. */
    long nextPause() {
        int before = tries.getAndIncrement();
        long pause = before == 0 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(before, 6));
        return pause / 2 + ThreadLocalRandom.current().nextLong(pause + 1_000_000);
    }

    /** Whether a problem says what is wrong, or the next try may not say more either. */
    boolean isConclusive(Throwable problem) {
        return !isVague(problem) || tries.get() >= VAGUE_TRIES;
    }

    /** When a server refuses a login, the driver sometimes only notices that the connection was closed. The next try may tell why. */
    private static boolean isVague(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains("closed prematurely")) {
                return true;
            }
        }
        return false;
    }

    /** What went wrong, without what only says where. */
    static Throwable reason(Throwable problem) {
        Throwable cause = problem.getCause();
        boolean wraps = problem instanceof CompletionException || problem instanceof LinkageError;
        return wraps && cause != null ? reason(cause) : problem;
    }
}
