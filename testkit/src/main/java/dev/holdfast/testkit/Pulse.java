// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Notices when this machine stands still. A signal that is due before a rival's grant can only be heard as early as threads run, so that
 * much later is not the fault of what is tested.
 */
final class Pulse implements AutoCloseable {
    private static final long BEAT_NANOS = 1_000_000;

    private volatile boolean stopped;
    private volatile long longestGap;

    Pulse() {
        Thread thread = new Thread(this::beat, "conformance-pulse");
        thread.setDaemon(true);
        thread.start();
    }

    private void beat() {
        long last = System.nanoTime();
        while (!stopped) {
            LockSupport.parkNanos(BEAT_NANOS);
            long now = System.nanoTime();
            longestGap = Math.max(longestGap, now - last);
            last = now;
        }
    }

    /**
     * How long the machine may have held up a signal. Two threads have to run for one, the keeper's and a callback's; each may have been
     * held up as long as the longest time in which a waiting thread did not run although it should.
     */
    Duration stoodStill() {
        return Duration.ofNanos(2 * longestGap);
    }

    @Override
    public void close() {
        stopped = true;
    }
}
