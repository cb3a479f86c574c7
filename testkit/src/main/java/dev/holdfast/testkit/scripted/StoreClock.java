// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The store's own clock: nanoseconds since it started, and the time of day in microseconds, which revisions are made of. */
final class StoreClock {
    private final @Nullable ManualClock manual;
    private final @Nullable Bell bell;
    private final long systemStart = System.nanoTime();
    private final long startMicros;
    private final AtomicLong shift = new AtomicLong();

    StoreClock(@Nullable ManualTime time, long ppm, long manualStartMicros, Runnable onExpiry) {
        manual = time == null ? null : new ManualClock(time, 0, ppm);
        bell = manual == null ? null : manual.time().bell("the store's expiry", manual, onExpiry);
        startMicros =
                manual == null ? TimeUnit.MILLISECONDS.toMicros(Instant.now().toEpochMilli()) : manualStartMicros;
    }

    long nanos() {
        return manual == null ? System.nanoTime() - systemStart + shift.get() : manual.nanos();
    }

    long micros() {
        return startMicros + nanos() / 1_000;
    }

    void shift(long nanos) {
        if (manual == null) {
            shift.addAndGet(nanos);
        } else {
            manual.shift(nanos);
        }
    }

    void ringAt(long nanos) {
        if (bell != null) {
            bell.set(nanos);
        }
    }

    void end() {
        if (bell != null) {
            bell.end();
        }
    }
}
