// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.signals;

import dev.holdfast.cli.console.ExitCodes;

/** A request to end as the interruption of the thread that works: it ends in good order. */
public final class Interruption {
    private final Thread worker;
    private final EndSignals signals;

    private Interruption(Thread worker) {
        this.worker = worker;
        signals = EndSignals.hear(worker::interrupt);
    }

    /** Hears {@link EndSignals} from now on, for the calling thread. */
    public static Interruption ofThisThread() {
        return new Interruption(Thread.currentThread());
    }

    public boolean came() {
        return signals.came();
    }

    /** To be called now and then by the thread that works: libraries may have taken its interruption for their own. */
    public void repeat() {
        if (came()) {
            worker.interrupt();
        }
    }

    /** Only if one came. */
    public int exitCode() {
        return ExitCodes.SIGNAL + signals.number();
    }
}
