// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Lease;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A critical section that sees when two are inside at once. It stays inside for a moment, because a broken lock often gets away with
 * shorter ones, and keeps a plain counter that loses updates.
 */
final class Probe {
    private static final long MOMENT_NANOS = 200_000;

    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();
    private final AtomicInteger entries = new AtomicInteger();
    private int plainCounter;
    private long lastToken;
    private final AtomicInteger fallenTokens = new AtomicInteger();

    void enter(Lease lease) {
        if (inside.getAndIncrement() != 0) {
            overlaps.incrementAndGet();
        }
        if (lease.token() <= lastToken) {
            fallenTokens.incrementAndGet();
        }
        lastToken = lease.token();
        int read = plainCounter;
        LockSupport.parkNanos(MOMENT_NANOS);
        plainCounter = read + 1;
        entries.incrementAndGet();
        if (inside.decrementAndGet() != 0) {
            overlaps.incrementAndGet();
        }
    }

    int entries() {
        return entries.get();
    }

    void sawNoOverlap() {
        assertThat(overlaps.get()).as("entries while another was inside").isZero();
        assertThat(plainCounter)
                .as("a plain counter of %s entries", entries.get())
                .isEqualTo(entries.get());
        assertThat(fallenTokens.get()).as("tokens that did not rise").isZero();
    }
}
