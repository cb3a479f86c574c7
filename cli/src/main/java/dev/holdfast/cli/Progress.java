// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** One line that says how far a round is: rewritten in a terminal, now and then a new one elsewhere. */
final class Progress {
    private static final long PLAIN_EVERY = TimeUnit.SECONDS.toNanos(5);

    private final PrintStream err;
    private final boolean terminal;
    private String label = "";
    private long total;
    private long shownAt;

    Progress(PrintStream err) {
        this.err = err;
        this.terminal = Terminal.isError();
    }

    void start(String what, long of) {
        label = what;
        total = of;
        print(label + ": starting");
        shownAt = System.nanoTime();
    }

    void show(long count) {
        if (terminal || System.nanoTime() - shownAt > PLAIN_EVERY) {
            line(label + ": " + Text.count(count) + " of " + Text.count(total));
        }
    }

    /** Shows a text that changes often: each in a terminal, now and then one elsewhere. */
    void show(String text) {
        if (terminal || System.nanoTime() - shownAt > PLAIN_EVERY) {
            line(text);
        }
    }

    /** Shows a text that must not be left out. */
    void line(String text) {
        print(text);
        shownAt = System.nanoTime();
    }

    void clear() {
        if (terminal) {
            err.print("\r\u001B[K");
            err.flush();
        }
    }

    private void print(String line) {
        if (terminal) {
            err.print("\r\u001B[K" + line);
            err.flush();
        } else {
            err.println(line);
        }
    }
}
