// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is left in the store when all is over.
 *
 * @param stuck the locks that nobody could get within a minute
 * @param held the locks that were held although everybody had given back or was dead for longer than a lease
 * @param unknown why the store could not be asked, or null if it answered
 */
public record Leftovers(
        List<String> stuck, List<String> held, @Nullable String unknown) {
    private static final Duration HEALED = Duration.ofSeconds(60);
    /** A release whose answer was lost is repeated for a while. */
    private static final Duration SETTLED = Duration.ofSeconds(10);

    private static final long POLL_NANOS = 100_000_000;

    /** Takes and gives back each lock, and then asks who holds any. A store that cannot be asked is an exception. */
    static Leftovers in(String uri, Conditions conditions, int names, Duration patience) throws InterruptedException {
        List<String> stuck = new ArrayList<>();
        try (Holdfast locks = StoreContestant.open(uri, conditions.settings(), patience)) {
            for (int i = 0; i < names; i++) {
                try (Lease lease = locks.lock(conditions.lockPrefix() + i).tryAcquire(HEALED)) {
                    if (lease == null) {
                        stuck.add(conditions.lockPrefix() + i);
                    }
                }
            }
            return new Leftovers(List.copyOf(stuck), settled(locks, conditions.lockPrefix(), names, patience), null);
        }
    }

    /** The server that was hurt last may still be on its way back, and what was to be released through it too. */
    static List<String> settled(Holdfast locks, String prefix, int names, Duration patience) {
        long outageEnds = System.nanoTime() + patience.toNanos();
        long end = System.nanoTime() + SETTLED.toNanos();
        while (true) {
            try {
                List<String> held = held(locks, prefix, names);
                if (held.isEmpty() || System.nanoTime() - end > 0) {
                    return held;
                }
            } catch (BackendException e) {
                if (!e.isTransient() || System.nanoTime() - outageEnds > 0) {
                    throw e;
                }
                end = System.nanoTime() + SETTLED.toNanos();
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** A store that cannot list its locks is asked for each. */
    private static List<String> held(Holdfast locks, String prefix, int names) {
        try (Stream<LockInfo> all = locks.list(prefix)) {
            return all.map(LockInfo::name).toList();
        } catch (BackendException e) {
            if (e.isTransient()) {
                throw e;
            }
            List<String> held = new ArrayList<>();
            for (int i = 0; i < names; i++) {
                if (locks.inspect(prefix + i) != null) {
                    held.add(prefix + i);
                }
            }
            return List.copyOf(held);
        }
    }

    /**
     * Whether the store was asked and nothing was left.
     *
     * @return true if so
     */
    public boolean isNothing() {
        return stuck.isEmpty() && held.isEmpty() && unknown == null;
    }
}
