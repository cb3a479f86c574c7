// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.util.ArrayList;
import java.util.List;

/** Many locks that one worker holds at the same time. */
final class HeldLocks {
    private final Session session;
    private final String prefix;
    private final List<Held> held = new ArrayList<>();

    HeldLocks(Session session, String prefix) {
        this.session = session;
        this.prefix = prefix;
    }

    /** Argument: how many. */
    Reply take(List<Long> arguments) throws Exception {
        long count = arguments.get(0);
        long began = System.nanoTime();
        for (int i = 0; i < count; i++) {
            held.add(session.acquire(prefix + i));
        }
        return new Reply().with("nanos", System.nanoTime() - began);
    }

    Reply giveBack(List<Long> arguments) throws Exception {
        long lost = held.stream().filter(lock -> !lock.isHeld()).count();
        long began = System.nanoTime();
        for (Held lock : held) {
            lock.release();
        }
        held.clear();
        return new Reply().with("nanos", System.nanoTime() - began).with("lost", lost);
    }
}
