// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.run;

import dev.holdfast.DistributedLock;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.ReleaseResult;
import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import dev.holdfast.cli.options.StateDirectory;
import dev.holdfast.cli.options.Store;
import dev.holdfast.spi.Durations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One command under one lock: wait for the lock, see that no earlier command is left, run, give the lock back. */
final class LockedRun {
    /** A run that does not wait for the lock still waits this long for the end of a command that was killed a moment ago. */
    private static final Duration KILLED_JUST_NOW = Duration.ofSeconds(2);

    private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

    private final Store store;
    private final String name;
    private final List<String> program;
    private final Terms terms;
    private final SignalRelay relay = new SignalRelay();
    private final AtomicReference<@Nullable LeaseLoss> loss = new AtomicReference<>();

    /**
     * How to hold the lock.
     *
     * @param waitLimit how long to wait for it; null for ever
     * @param lease its lease time, or null for what the environment says
     * @param atLeast how long to keep it at least, or null
     * @param grace the time from SIGTERM to SIGKILL when it is lost; null lets the command go on
     */
    record Terms(
            @Nullable Duration waitLimit,
            @Nullable Duration lease,
            @Nullable Duration atLeast,
            @Nullable Duration grace) {
        Map<String, String> settings() {
            Map<String, String> settings = new HashMap<>();
            if (lease != null) {
                settings.put("lease-time", Durations.format(lease));
            }
            if (atLeast != null) {
                settings.put("min-hold", Durations.format(atLeast));
            }
            return settings;
        }
    }

    LockedRun(Store store, String name, List<String> program, Terms terms) {
        this.store = store;
        this.name = name;
        this.program = program;
        this.terms = terms;
    }

    /**
     * Runs the command. To be called from a thread that stays until the process ends.
     *
     * @return the exit code
     */
    int call() throws IOException, InterruptedException {
        relay.install();
        long asked = System.nanoTime();
        try (Holdfast locks = store.open(terms.settings());
                Lease lease = acquire(locks.lock(name))) {
            if (relay.exitCode() != 0) {
                return relay.exitCode();
            }
            if (lease == null) {
                say("the lock '" + name + "' is not free" + (isZero(terms.waitLimit) ? "" : " after " + waited()));
                return ExitCodes.NOT_FREE;
            }
            return under(lease, asked);
        } catch (InterruptedException e) {
            if (relay.exitCode() == 0) {
                throw e;
            }
            return relay.exitCode();
        }
    }

    private @Nullable Lease acquire(DistributedLock lock) throws InterruptedException {
        if (terms.waitLimit == null) {
            return lock.acquire();
        }
        return terms.waitLimit.isZero() ? lock.tryAcquire() : lock.tryAcquire(terms.waitLimit);
    }

    private int under(Lease lease, long asked) throws IOException, InterruptedException {
        long acquired = System.nanoTime();
        boolean tied = CommandProcess.canBeTied();
        if (!tied) {
            say("setpriv (util-linux 2.33 or later) is missing: if holdfast is killed, the command will go on");
        }
        RunRecords records = records();
        if (records != null) {
            String left = records.settle(deadline(asked, acquired), LockedRun::say);
            if (left != null) {
                say("the lock '" + name + "' is free, but " + left);
                return ExitCodes.NOT_FREE;
            }
        }
        Path record = records == null ? null : records.open(terms.grace);
        int code;
        try {
            if (!lease.isHeld()) {
                say("the lock '" + name + "' was lost before the command was started");
                return ExitCodes.LOCK_LOST;
            }
            CommandProcess command = CommandProcess.start(
                    program, Map.of("HOLDFAST_LOCK", name, "HOLDFAST_TOKEN", lease.tokenText()), tied, record);
            relay.attach(command);
            var unused = lease.whenLost().thenAccept(why -> lost(why, command, record));
            code = command.exitCode();
            relay.detach();
        } finally {
            // Before the lock is given back: from then on the next run may look.
            delete(record);
        }
        keep(lease, acquired);
        return release(lease, code);
    }

    /** On a callback thread of the client. */
    private void lost(LeaseLoss why, CommandProcess command, @Nullable Path record) {
        loss.set(why);
        String what = "the lock '" + name + "' was lost while the command runs (" + text(why) + "): ";
        if (terms.grace == null) {
            say(what + "it goes on, as --on-loss=warn says");
            delete(record);
        } else {
            say(what + "ending it");
            command.end(terms.grace);
        }
    }

    /** Where the lock ends with this process the store cannot keep it any longer than we do. */
    private void keep(Lease lease, long acquired) {
        if (terms.atLeast == null
                || loss.get() != null
                || relay.exitCode() != 0
                || !lease.leaseTime().equals(FOREVER)) {
            return;
        }
        long rest = terms.atLeast.toNanos() - (System.nanoTime() - acquired);
        try {
            if (new CountDownLatch(1).await(rest, TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException("nobody counts down");
            }
        } catch (InterruptedException e) {
            return; // a signal: that is enough
        }
    }

    private int release(Lease lease, int code) {
        ReleaseResult result = lease.release();
        if (result == ReleaseResult.UNCONFIRMED) {
            say("the store did not confirm the release of '" + name + "'; others get the lock when its lease ends");
        }
        if (loss.get() == null && result == ReleaseResult.ALREADY_LOST) {
            say("the lock '" + name + "' was lost before the command ended");
        } else if (loss.get() == null) {
            return code;
        }
        return terms.grace == null ? code : ExitCodes.LOCK_LOST;
    }

    private @Nullable RunRecords records() {
        if (!ProcessIdentity.canTell()) {
            return null;
        }
        try {
            return new RunRecords(StateDirectory.ofUser().make("runs"), store.identity(), name);
        } catch (Failure | IOException e) {
            say("no record of this run can be kept, so the next one cannot see whether its command still runs: "
                    + e.getMessage());
            return null;
        }
    }

    private long deadline(long asked, long acquired) {
        return terms.waitLimit == null
                ? acquired + Long.MAX_VALUE / 2
                : Math.max(acquired + KILLED_JUST_NOW.toNanos(), asked + nanos(terms.waitLimit));
    }

    private static long nanos(Duration time) {
        return time.compareTo(Duration.ofDays(36_500)) > 0 ? Long.MAX_VALUE / 2 : time.toNanos();
    }

    private static boolean isZero(@Nullable Duration time) {
        return time != null && time.isZero();
    }

    private String waited() {
        return terms.waitLimit == null ? "" : Durations.format(terms.waitLimit);
    }

    private static String text(LeaseLoss why) {
        return switch (why) {
            case EXPIRED -> "it expired";
            case TAKEN_OVER -> "it was removed, released by force or taken over";
            case SESSION_CLOSED -> "the session with the store ended";
            case BACKEND_UNREACHABLE -> "the store could not be reached in time to renew it";
            case MAX_HOLD_REACHED -> "it was held for the longest time allowed";
            case CLIENT_CLOSED -> "the client was closed";
        };
    }

    private static void delete(@Nullable Path record) {
        if (record != null) {
            try {
                Files.deleteIfExists(record);
            } catch (IOException e) {
                say("cannot delete " + record + ": " + e.getMessage());
            }
        }
    }

    private static void say(String message) {
        System.err.println("holdfast: " + message);
    }
}
