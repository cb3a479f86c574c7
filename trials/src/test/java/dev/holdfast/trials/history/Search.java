// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import java.util.List;

/**
 * Tries every order of events: is there one in which a lock that excludes, and whose tokens rise, gives these answers? Each event took
 * place at some point between two stamps; an event whose last stamp is before another's first comes before it. Exponential, and free
 * of the theorem that it checks.
 */
final class Search {
    /** A grant, or the end of a hold. */
    private record Event(int hold, boolean grant, long first, long last, long token) {}

    private final Event[] events;
    private final int all;

    /** What is known of a hold: its grant is between call and return, its end not before {@code end}. */
    record Bounds(long called, long granted, long token, long end) {}

    private Search(List<Bounds> holds) {
        events = new Event[2 * holds.size()];
        for (int i = 0; i < holds.size(); i++) {
            Bounds hold = holds.get(i);
            events[2 * i] = new Event(i, true, hold.called, hold.granted, hold.token);
            events[2 * i + 1] = new Event(i, false, hold.end, Long.MAX_VALUE, hold.token);
        }
        all = (1 << events.length) - 1;
    }

    static boolean finds(List<Bounds> holds) {
        return new Search(holds).from(0, -1, Long.MIN_VALUE);
    }

    private boolean from(int done, int holder, long lastToken) {
        if (done == all) {
            return true;
        }
        for (int i = 0; i < events.length; i++) {
            if ((done & 1 << i) != 0 || !mayBeNext(i, done)) {
                continue;
            }
            Event event = events[i];
            boolean allowed = event.grant ? holder == -1 && event.token > lastToken : holder == event.hold;
            if (allowed && from(done | 1 << i, event.grant ? event.hold : -1, event.grant ? event.token : lastToken)) {
                return true;
            }
        }
        return false;
    }

    private boolean mayBeNext(int i, int done) {
        for (int other = 0; other < events.length; other++) {
            if ((done & 1 << other) == 0 && events[other].last < events[i].first) {
                return false;
            }
        }
        return true;
    }
}
