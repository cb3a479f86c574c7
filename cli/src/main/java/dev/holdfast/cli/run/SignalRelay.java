// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.run;

import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.signals.Signals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Passes on the signals that ask a program to end: to the command while one runs, as an interrupt to the main thread while it waits
 * for the lock.
 */
final class SignalRelay {
    private static final List<String> SIGNALS = List.of("TERM", "INT", "HUP");

    private final Thread waiter = Thread.currentThread();
    private final Object state = new Object();
    private @Nullable CommandProcess command;
    private @Nullable String received;
    private int number;

    /** Hears the signals from now on. */
    void install() {
        SIGNALS.forEach(name -> Signals.handle(name, number -> receive(name, number)));
    }

    private void receive(String name, int signal) {
        CommandProcess target;
        synchronized (state) {
            received = name;
            number = signal;
            target = command;
            if (target == null) {
                waiter.interrupt();
            }
        }
        // Ctrl-C in a terminal reaches the command without us, and many programs take a second one for "now, without
        // cleaning up".
        if (target != null && !(name.equals("INT") && ProcessIdentity.inForegroundOfTerminal())) {
            target.signal(name);
        }
    }

    /** From now on signals go to the command; one that came before goes there now. */
    void attach(CommandProcess process) {
        String pending;
        synchronized (state) {
            command = process;
            pending = received;
        }
        if (pending != null) {
            process.signal(pending);
        }
    }

    /** From now on signals interrupt the main thread again. */
    void detach() {
        synchronized (state) {
            command = null;
        }
    }

    /**
     * Whether any signal has come.
     *
     * @return 0, or 128 + the number of the last one
     */
    int exitCode() {
        synchronized (state) {
            return received == null ? 0 : ExitCodes.SIGNAL + number;
        }
    }
}
