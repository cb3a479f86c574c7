// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import java.util.Set;

/**
 * One fault that happened.
 *
 * @param kind what was done
 * @param startNanos when it began, as of {@link System#nanoTime}
 * @param endNanos when all was well again, as far as this program knows
 * @param pids the processes that suffered it; empty for all
 */
public record Fault(FaultKind kind, long startNanos, long endNanos, Set<Long> pids) {
    /**
     * Whether a process suffered it.
     *
     * @param pid the process
     * @return true if so
     */
    public boolean hit(long pid) {
        return pids.isEmpty() || pids.contains(pid);
    }

    Fault since(long stamp) {
        return new Fault(kind, startNanos - stamp, endNanos - stamp, pids);
    }
}
