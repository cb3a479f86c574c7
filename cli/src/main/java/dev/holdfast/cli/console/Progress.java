// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far something is that takes a while: a bar in a terminal, now and then a line elsewhere. */
public final class Progress {
    private static final long PLAIN_EVERY = TimeUnit.SECONDS.toNanos(5);
    private static final int REDRAWN_EVERY_MILLIS = 200;

    private final PrintStream err;
    private final boolean terminal;
    private String label = "";
    private long total;
    private long shownAt;
    private @Nullable ProgressBar bar;

    public Progress(PrintStream err) {
        this.err = err;
        this.terminal = Terminal.isError();
    }

    /** Of something whose end is not known there are -1. */
    public void start(String what, long of) {
        clear();
        label = what;
        total = of;
        if (terminal) {
            boolean unicode = Charset.defaultCharset().newEncoder().canEncode('█');
            bar = new ProgressBarBuilder()
                    .setTaskName(what)
                    .setInitialMax(of)
                    .setStyle(unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(REDRAWN_EVERY_MILLIS)
                    .setConsumer(new ConsoleProgressBarConsumer(err, Terminal.columns() - 1))
                    .clearDisplayOnFinish()
                    .build();
        } else {
            err.println(label + ": starting");
        }
        shownAt = System.nanoTime();
    }

    public void show(long count) {
        show(count, "");
    }

    /** What is done now stands behind the bar. */
    public void show(long count, String step) {
        if (bar != null) {
            bar.stepTo(count);
            bar.setExtraMessage(step);
        } else if (System.nanoTime() - shownAt > PLAIN_EVERY) {
            err.println(label + ": " + Text.count(count) + (total < 0 ? "" : " of " + Text.count(total))
                    + (step.isEmpty() ? "" : ", " + step));
            shownAt = System.nanoTime();
        }
    }

    public void clear() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
