// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.spi.Claim;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Frees all that a client has when it closes. */
final class BulkRelease {
    private BulkRelease() {}

    /**
     * Frees claims side by side, and waits until all have been answered. What is not confirmed in time comes free when its lease ends.
     *
     * @param leave frees one, and runs what it is given when it has been answered
     */
    static void of(List<Claim> claims, long giveUpNanos, BiConsumer<Claim, Runnable> leave) {
        CountDownLatch left = new CountDownLatch(claims.size());
        claims.forEach(claim -> leave.accept(claim, left::countDown));
        try {
            var unused = left.await(giveUpNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
