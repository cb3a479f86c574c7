// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Now and then one thread of a worker keeps the first lock for longer, and goes on asking whether it is still held. Only such a holder meets the
 * end of its lease when it is cut off from the store. The other locks go from hand to hand meanwhile.
 */
final class LongHolds {
    private static final long ASK_NANOS = 2_000_000;

    private final long longestNanos;
    private final AtomicLong next = new AtomicLong(System.nanoTime());

    LongHolds(Duration longest) {
        longestNanos = longest.toNanos();
    }

    /** Returns at once for most holds; otherwise when the time is over, the lease is, or nobody wants it any more. */
    void hold(Contestant.Held held, SplittableRandom random, BooleanSupplier ended) {
        long due = next.get();
        long now = System.nanoTime();
        if (longestNanos == 0 || now - due < 0) {
            return;
        }
        long length = random.nextLong(longestNanos / 8, longestNanos);
        if (!next.compareAndSet(due, now + length + random.nextLong(longestNanos / 2, 2 * longestNanos))) {
            return;
        }
        while (System.nanoTime() - now < length && !ended.getAsBoolean() && held.isHeld()) {
            LockSupport.parkNanos(ASK_NANOS);
        }
    }
}
