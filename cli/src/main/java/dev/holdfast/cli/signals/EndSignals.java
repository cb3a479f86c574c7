// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.signals;

import dev.holdfast.cli.console.ExitCodes;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Ctrl-C, and other requests to end. The first is for whoever hears them to follow in good order; a second one ends the process at once. */
public final class EndSignals {
    private final Runnable first;
    private final AtomicInteger signal = new AtomicInteger();

    private EndSignals(Runnable first) {
        this.first = first;
    }

    /** Hears SIGINT, SIGTERM and SIGHUP from now on. */
    public static EndSignals hear(Runnable first) {
        EndSignals signals = new EndSignals(first);
        for (String name : List.of("INT", "TERM", "HUP")) {
            Signals.handle(name, signals::came);
        }
        return signals;
    }

    private void came(int number) {
        if (signal.compareAndSet(0, number)) {
            first.run();
        } else {
            System.exit(ExitCodes.SIGNAL + number);
        }
    }

    public boolean came() {
        return signal.get() != 0;
    }

    /** The one that came first; 0 if there was none. */
    public int number() {
        return signal.get();
    }
}
