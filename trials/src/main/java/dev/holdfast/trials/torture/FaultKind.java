// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What can be done to workers, to the network between them and the store, and to the store's servers. */
public enum FaultKind {
    /** A worker's process stands still (SIGSTOP) and goes on. */
    PAUSE("paused worker", 8),
    /** A worker's process is killed (SIGKILL), stopped before or not, and a new one is started. */
    KILL("killed worker", 3),
    /** Everything between workers and servers arrives later. */
    DELAY("slow network", 1),
    /** Everything between workers and servers vanishes, without an error. */
    BLACK_HOLE("black hole", 2),
    /** Nothing is read any more, and arrives in the end. */
    STALL("stalled network", 1),
    /** A connection ends before or after a request or a reply, which may be lost although it was carried out. */
    CUT("cut connection", 2),
    /** All connections are reset. */
    RESET("reset connections", 2),
    /** The user's own commands stop a server and start it again. */
    STOP_SERVER("stopped server", 1);

    /** What can be done to processes, whatever the store is. */
    public static final Set<FaultKind> WORKERS = Collections.unmodifiableSet(EnumSet.of(PAUSE, KILL));

    /** What takes a proxy between workers and servers. */
    public static final Set<FaultKind> NETWORK =
            Collections.unmodifiableSet(EnumSet.of(DELAY, BLACK_HOLE, STALL, CUT, RESET));

    private final String label;
    private final int weight;

    FaultKind(String label, int weight) {
        this.label = label;
        this.weight = weight;
    }

    /**
     * What suffers it, for people.
     *
     * @return for example {@code paused worker}
     */
    public String label() {
        return label;
    }

    /**
     * The word of the command line.
     *
     * @return for example {@code black-hole}
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** How often it is chosen, compared with others. */
    int weight() {
        return weight;
    }
}
