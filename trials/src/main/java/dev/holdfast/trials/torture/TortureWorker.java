// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.BackendException;
import dev.holdfast.trials.history.HistoryRecorder;
import dev.holdfast.trials.history.RecordedCall;
import dev.holdfast.trials.process.ParentProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One process of a {@link Torture}: its threads take locks in all ways, change what the locks guard, and write everything down. Says
 * {@code ready}, goes on until it hears {@code end}, and says {@code done} with the number of requests that the store failed.
 */
final class TortureWorker {
    private static final long LONGEST_HOLD_NANOS = 400_000;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000;
    private static final int MOST_STARTS = 6;

    private final Contestant locks;
    private final HistoryRecorder recorder;
    private final List<CheckedRegister> registers = new ArrayList<>();
    private final AtomicInteger outages = new AtomicInteger();
    private final LongHolds longHolds;
    private final String lockPrefix;
    private volatile boolean ended;

    private TortureWorker(String uri, Path directory, int names, String lockPrefix, Duration longestHold)
            throws IOException {
        this.lockPrefix = lockPrefix;
        longHolds = new LongHolds(longestHold);
        locks = uri.equals(StolenLockFile.URI) ? new StolenLockFile(directory) : open(uri);
        recorder = HistoryRecorder.in(directory);
        for (int i = 0; i < names; i++) {
            registers.add(CheckedRegister.open(register(directory, i)));
        }
    }

    /** A store that does not answer while a worker starts is an outage like any other. */
    private Contestant open(String uri) {
        for (int start = 1; ; start++) {
            try {
                return new StoreContestant(uri);
            } catch (BackendException e) {
                if (!e.isTransient() || start == MOST_STARTS) {
                    throw e;
                }
                outages.incrementAndGet();
            }
        }
    }

    static Path register(Path directory, int name) {
        return directory.resolve(name + ".register");
    }

    /**
     * The worker.
     *
     * @param args directory, threads, names, seed, the seconds after which it ends in any case, what the names of locks begin with, and
     *     the milliseconds of the longest hold. The URI is the first line of its input
     * @throws Exception if it cannot start
     */
    public static void main(String[] args) throws Exception {
        // Drivers complain of every fault, each in its own words. Read when the first of them does.
        System.setProperty("java.util.logging.config.file", "/dev/null");
        ParentProcess parent = ParentProcess.connect(Duration.ofSeconds(Long.parseLong(args[4])));
        TortureWorker worker = new TortureWorker(
                parent.hear(),
                Path.of(args[0]),
                Integer.parseInt(args[2]),
                args[5],
                Duration.ofMillis(Long.parseLong(args[6])));
        SplittableRandom seeds = new SplittableRandom(Long.parseLong(args[3]));
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            SplittableRandom random = seeds.split();
            Thread thread = new Thread(() -> worker.fight(parent, random), "torture-" + i);
            threads.add(thread);
            thread.start();
        }
        parent.say("ready");
        parent.hear();
        worker.ended = true;
        for (Thread thread : threads) {
            thread.join();
        }
        parent.say("done " + worker.outages.get());
        // The parent closes the connection, and that ends this process: leases that are lost need not be waited for.
        parent.hear();
    }

    private void fight(ParentProcess parent, SplittableRandom random) {
        try {
            while (!ended) {
                int name = random.nextInt(registers.size());
                round(name, random);
                LockSupport.parkNanos(random.nextLong(LONGEST_PAUSE_NANOS));
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            parent.say("failed " + e);
        }
    }

    private void round(int name, SplittableRandom random) throws InterruptedException {
        Contestant.Held held;
        try {
            held = locks.acquire(recorder, lockPrefix + name, timeout(random));
        } catch (BackendException e) {
            outages.incrementAndGet();
            return;
        }
        if (held != null) {
            if (name == 0) {
                longHolds.hold(held, random, () -> ended);
            }
            if (held.isHeld()) {
                change(registers.get(name), held, random);
                held.isHeld();
            }
            held.release();
        }
    }

    /** Some try, some give up while they wait, most wait. */
    private static Duration timeout(SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> Duration.ZERO;
            case 2 -> Duration.ofNanos(random.nextLong(3_000_000));
            default -> Duration.ofSeconds(5);
        };
    }

    /** A write of the resource: accepted or refused by the token, and lost if two do it at once. */
    private static void change(CheckedRegister register, Contestant.Held held, SplittableRandom random) {
        RecordedCall use = held.recorded().using();
        if (!register.accepts(held.token())) {
            use.failed();
            return;
        }
        long read = register.read();
        LockSupport.parkNanos(random.nextLong(LONGEST_HOLD_NANOS));
        register.write(read + 1);
        use.done();
    }
}
