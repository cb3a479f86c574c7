// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A thread that uses locks until a given time, and may have to wait for its last one for a while longer. */
abstract class Runner extends Thread {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    private @Nullable Exception failure;

    Runner(String name) {
        super(name);
        setDaemon(true);
    }

    abstract void work() throws Exception;

    @Override
    public final void run() {
        try {
            work();
        } catch (Exception e) {
            failure = e;
        }
    }

    /** Waits for its end, and throws what it threw. */
    final void finish(long end, String what) throws Exception {
        TimeUnit.NANOSECONDS.timedJoin(this, Math.max(1, end + PATIENCE - System.nanoTime()));
        if (isAlive()) {
            throw new IllegalStateException("a thread still waits for its lock 60 s after the end of the " + what);
        }
        if (failure != null) {
            throw failure;
        }
    }
}
