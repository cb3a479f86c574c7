// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Ctrl-C, and other requests to end, as the interruption of the thread that works: it ends in good order. A second one ends the process at once. */
final class Interruption {
    private final Thread worker;
    private final AtomicInteger signal = new AtomicInteger();

    private Interruption(Thread worker) {
        this.worker = worker;
    }

    /** Hears SIGINT, SIGTERM and SIGHUP from now on, for the calling thread. */
    static Interruption ofThisThread() {
        Interruption interruption = new Interruption(Thread.currentThread());
        for (String name : List.of("INT", "TERM", "HUP")) {
            Signals.handle(name, interruption::came);
        }
        return interruption;
    }

    private void came(int number) {
        if (signal.compareAndSet(0, number)) {
            worker.interrupt();
        } else {
            System.exit(ExitCodes.SIGNAL + number);
        }
    }

    boolean came() {
        return signal.get() != 0;
    }

    /** To be called now and then by the thread that works: libraries may have taken its interruption for their own. */
    void repeat() {
        if (came()) {
            worker.interrupt();
        }
    }

    /** Only if one came. */
    int exitCode() {
        return ExitCodes.SIGNAL + signal.get();
    }
}
