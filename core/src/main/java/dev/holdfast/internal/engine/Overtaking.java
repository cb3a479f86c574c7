// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import org.jspecify.annotations.Nullable;

/** How often, and since when, running threads have overtaken the waiter at the head of a line. Under the queue's mutex. */
final class Overtaking {
    private static final int MOST_TIMES = 64;
    private static final long LONGEST = 10_000_000L;

    private @Nullable Ticket overtaken;
    private int times;
    private long since;

    void happensTo(Ticket first, long now) {
        if (overtaken != first) {
            overtaken = first;
            times = 0;
            since = now;
        }
        times++;
    }

    /** Whether nobody may overtake a waiter any more. */
    boolean isEnoughFor(Ticket first, long now) {
        return overtaken == first && (times >= MOST_TIMES || now - since >= LONGEST);
    }
}
