// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.choice;

import dev.holdfast.DistributedLock;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.cli.console.Text;
import dev.holdfast.cli.options.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** How long one thread takes to acquire and to release a lock that nobody else wants. */
final class Measurement {
    private static final long WARM_UP = 1_000_000_000L;
    private static final long TIME = 2_000_000_000L;
    private static final int MOST = 2_000_000;

    private Measurement() {}

    /** A row for each store, below a header. */
    static List<List<String>> table(List<String> uris) throws InterruptedException {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("measured here", "locks/s", "acquire p50", "acquire p99", "release p50"));
        for (String uri : uris) {
            rows.add(row(new Store(uri)));
        }
        return rows;
    }

    private static List<String> row(Store store) throws InterruptedException {
        long[] acquired = new long[MOST];
        long[] released = new long[MOST];
        try (Holdfast locks = store.open(Map.of())) {
            DistributedLock lock = locks.lock("holdfast-choose/" + UUID.randomUUID());
            cycles(lock, WARM_UP, acquired, released);
            long begin = System.nanoTime();
            int count = cycles(lock, TIME, acquired, released);
            double seconds = (System.nanoTime() - begin) / 1e9;
            Arrays.sort(acquired, 0, count);
            Arrays.sort(released, 0, count);
            return List.of(
                    Text.harmless(store.shown()),
                    Text.count(Math.round(count / seconds)),
                    Text.time(acquired[count / 2]),
                    Text.time(acquired[(int) (count * 0.99)]),
                    Text.time(released[count / 2]));
        }
    }

    private static int cycles(DistributedLock lock, long time, long[] acquired, long[] released)
            throws InterruptedException {
        long end = System.nanoTime() + time;
        int count = 0;
        long now = System.nanoTime();
        while (count == 0 || (now - end < 0 && count < MOST)) {
            Lease lease = lock.acquire();
            long held = System.nanoTime();
            lease.release();
            long after = System.nanoTime();
            acquired[count] = held - now;
            released[count++] = after - held;
            now = after;
        }
        return count;
    }
}
