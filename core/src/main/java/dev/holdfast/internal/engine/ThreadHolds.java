// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which names the current thread holds in one client through {@link ThreadOwnedLock}s, and how deep. Kept per thread, so that a hold whose
 * lease was lost stays with its owner, who is to be told, while another thread holds the name.
 */
final class ThreadHolds {
    /** A thread's hold of a name. */
    static final class Hold {
        final Ticket lease;
        int depth = 1;

        private Hold(Ticket lease) {
            this.lease = lease;
        }
    }

    @SuppressWarnings("ThreadLocalUsage") // One per client: its holds are no business of another client.
    private final ThreadLocal<@Nullable Map<String, Hold>> holds = new ThreadLocal<>();

    @Nullable
    Hold of(String name) {
        Map<String, Hold> own = holds.get();
        return own == null ? null : own.get(name);
    }

    void begin(String name, Ticket lease) {
        Map<String, Hold> own = holds.get();
        if (own == null) {
            own = new HashMap<>();
            holds.set(own);
        }
        own.put(name, new Hold(lease));
    }

    void end(String name) {
        Map<String, Hold> own = holds.get();
        if (own != null && own.remove(name) != null && own.isEmpty()) {
            holds.remove();
        }
    }
}
