// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.BackendException;
import dev.holdfast.spi.BackendEvents;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What everything of one client shares: its session, which is replaced when it ends, and its timer. */
final class Client {
    private static final Logger LOGGER = System.getLogger("dev.holdfast.zookeeper");

    private final ZooKeeperOptions options;
    private final BackendEvents events;
    private final Tls tls;
    private final UnusedLocks unused;
    private final ScheduledThreadPoolExecutor timer;
    private final Object mutex = new Object();
    private @Nullable ServerSession session;
    private boolean closed;

    Client(ZooKeeperOptions options, BackendEvents events) {
        this.options = options;
        this.events = events;
        tls = new Tls(options.tls());
        unused = new UnusedLocks(options);
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "holdfast-zookeeper");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    ZooKeeperOptions options() {
        return options;
    }

    Tls tls() {
        return tls;
    }

    UnusedLocks unused() {
        return unused;
    }

    BackendEvents events() {
        return events;
    }

    /**
     * The session, begun if there is none.
     *
     * @throws BackendException if the client is closed, or nobody will ever let it in
     */
    ServerSession session() {
        ServerSession fresh;
        synchronized (mutex) {
            ServerSession current = session;
            if (closed) {
                throw Faults.transientFault(null, "The client of ZooKeeper at " + options + " is closed", null);
            }
            if (current != null && (!current.isOver() || current.refused() != null)) {
                BackendException refused = current.refused();
                if (refused != null) {
                    throw refused;
                }
                return current;
            }
            fresh = new ServerSession(this);
            fresh.begin();
            session = fresh;
        }
        every(fresh);
        sweep(fresh);
        removeUnused(fresh);
        return fresh;
    }

    /** Sends a heartbeat of the present session, if there is one. What is asked after it is answered after it. */
    void beat() {
        ServerSession current;
        synchronized (mutex) {
            current = session;
        }
        if (current != null) {
            current.beat();
        }
    }

    private void removeUnused(ServerSession current) {
        Duration pause = unused.pause();
        if (pause != null) {
            later(pause.toNanos(), () -> {
                if (!current.isOver()) {
                    unused.remove(current);
                    removeUnused(current);
                }
            });
        }
    }

    private void sweep(ServerSession swept) {
        later(Sweep.PAUSE, () -> {
            if (!swept.isOver()) {
                Sweep.of(swept, options);
                sweep(swept);
            }
        });
    }

    /** Keeps a session alive until it is over. */
    private void every(ServerSession kept) {
        long pause = kept.timeoutNanos() == Long.MAX_VALUE ? 50_000_000L : kept.beatNanos();
        later(pause, () -> {
            kept.beat();
            if (kept.endIfUnheard()) {
                // It does not connect again, or only to say that the session is over.
                kept.close(System.nanoTime());
            } else if (!kept.isOver()) {
                every(kept);
            }
        });
    }

    /** A session is over: the next one who asks gets another, unless nobody would ever be let in. */
    void ended(ServerSession over) {
        synchronized (mutex) {
            if (session == over && over.refused() == null) {
                session = null;
            }
        }
        if (over.refused() != null) {
            later(0, () -> over.close(System.nanoTime()));
        }
    }

    void later(long nanos, Runnable task) {
        if (!timer.isShutdown()) {
            try {
                ScheduledFuture<?> unused = timer.schedule(() -> run(task), nanos, TimeUnit.NANOSECONDS);
            } catch (java.util.concurrent.RejectedExecutionException e) {
                // It was closed in between, and what has to be done later is not needed any more.
            }
        }
    }

    /** Runs what nobody waits for: a defect in it must not end the thread of the timer or of the driver. */
    void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "A defect in locks on ZooKeeper at " + options, e);
        }
    }

    static void warn(String message) {
        LOGGER.log(Level.WARNING, message);
    }

    boolean isClosed() {
        synchronized (mutex) {
            return closed;
        }
    }

    /** Ends the session, and with it all that stands in it; waits for that until some time. */
    void close(long giveUpNanos) {
        ServerSession last;
        synchronized (mutex) {
            if (closed) {
                return;
            }
            closed = true;
            last = session;
            session = null;
        }
        timer.shutdown();
        if (last != null) {
            last.close(giveUpNanos);
        }
        tls.close();
    }
}
