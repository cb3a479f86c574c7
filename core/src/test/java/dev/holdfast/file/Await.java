// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for something to become true, by looking again and again. */
public final class Await {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private Await() {}

    public static void until(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + LONGEST + ": " + what);
            }
            LockSupport.parkNanos(500_000);
        }
    }
}
