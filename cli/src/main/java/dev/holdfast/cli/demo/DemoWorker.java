// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.demo;

import dev.holdfast.DistributedLock;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Problems;
import dev.holdfast.cli.demo.DemoCommand.Guard;
import dev.holdfast.cli.options.Store;
import dev.holdfast.cli.signals.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * One of the demo's processes. Its parent speaks to it line by line: {@code round GUARD} is answered by {@code ready}, {@code go} by
 * {@code done GRANTS NANOS LONGEST_WAIT}, {@code count} by {@code counted GRANTS NANOS}, trouble by {@code failed EXIT_CODE MESSAGE}.
 * The end of the input is the end of the parent, and ends this process at once.
 */
public final class DemoWorker implements Callable<Integer> {
    /** All demos share one name, so that what a store remembers about it does not grow. */
    public static final String LOCK = "holdfast-demo";

    /** Where the parent says which store to use: a URI may hold a password, and everybody can read arguments. */
    public static final String URL = "HOLDFAST_URL";

    private final PositionalParamSpec threads = parameter("0", int.class);
    private final PositionalParamSpec increments = parameter("1", int.class);
    private final PositionalParamSpec counterFile = parameter("2", Path.class);

    private final PrintStream out = System.out;
    private @Nullable Holdfast locks;
    private @Nullable Run run;

    public CommandSpec spec() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(this)
                .name("demo-worker")
                .addPositional(threads)
                .addPositional(increments)
                .addPositional(counterFile);
        spec.usageMessage().hidden(true);
        return spec;
    }

    private static PositionalParamSpec parameter(String index, Class<?> type) {
        return PositionalParamSpec.builder()
                .index(index)
                .arity("1")
                .required(true)
                .type(type)
                .build();
    }

    @Override
    public Integer call() throws IOException {
        // Ctrl-C is for the parent, which then closes our input.
        Signals.ignore("INT");
        Signals.ignore("HUP");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Counter counter = new Counter(counterFile.getValue())) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                obey(line, counter);
            }
        }
        Runtime.getRuntime().halt(ExitCodes.FAILURE); // threads may be anywhere, and nobody is left to hear of it
        return ExitCodes.FAILURE;
    }

    private void obey(String line, Counter counter) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("round")) {
            try {
                run = new Run(section(Guard.valueOf(words[1]), counter));
                say("ready");
            } catch (RuntimeException e) {
                failed(e);
            }
        } else if (words[0].equals("go") && run != null) {
            run.start();
        } else if (words[0].equals("count") && run != null) {
            say("counted " + run.grants.sum() + " " + run.elapsed());
        }
    }

    private Section section(Guard guard, Counter counter) {
        return switch (guard) {
            case NONE ->
                () -> {
                    counter.increment();
                    return 0;
                };
            case THREADS -> {
                ReentrantLock lock = new ReentrantLock();
                yield () -> {
                    long asked = System.nanoTime();
                    lock.lock();
                    try {
                        long waited = System.nanoTime() - asked;
                        counter.increment();
                        return waited;
                    } finally {
                        lock.unlock();
                    }
                };
            }
            case STORE -> {
                Holdfast client = new Store(System.getenv().getOrDefault(URL, "")).open(Map.of());
                locks = client;
                DistributedLock lock = client.lock(LOCK);
                yield () -> {
                    long asked = System.nanoTime();
                    try (Lease lease = lock.acquire()) {
                        long waited = System.nanoTime() - asked;
                        counter.increment();
                        lease.ensureHeld();
                        return waited;
                    }
                };
            }
        };
    }

    private void failed(Throwable e) {
        int code = e instanceof Exception exception ? Problems.exitCode(exception) : ExitCodes.INTERNAL;
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        say(String.format(Locale.ROOT, "failed %d %s", code, message.replaceAll("\\R", "; ")));
    }

    private void say(String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    /** Adds one to the counter under a lock. */
    @FunctionalInterface
    private interface Section {
        /** Returns how long the lock was waited for, in nanoseconds. */
        long call() throws Exception;
    }

    /** One round of this process. */
    private final class Run {
        private final CountDownLatch go = new CountDownLatch(1);
        private final LongAdder grants = new LongAdder();
        private final LongAccumulator longestWait = new LongAccumulator(Math::max, 0);
        private final int times = increments.getValue();
        private final AtomicInteger running;
        private final AtomicLong began = new AtomicLong();

        Run(Section section) {
            int size = threads.getValue();
            running = new AtomicInteger(size);
            for (int i = 0; i < size; i++) {
                Thread thread = new Thread(() -> count(section), "counter-" + i);
                thread.setDaemon(true);
                thread.start();
            }
        }

        void start() {
            began.set(System.nanoTime());
            go.countDown();
        }

        long elapsed() {
            return System.nanoTime() - began.get();
        }

        private void count(Section section) {
            try {
                go.await();
                for (int i = 0; i < times; i++) {
                    longestWait.accumulate(section.call());
                    grants.increment();
                }
            } catch (Exception e) {
                failed(e);
                return;
            }
            if (running.decrementAndGet() == 0) {
                long nanos = elapsed();
                if (locks != null) {
                    locks.close();
                    locks = null;
                }
                say("done " + grants.sum() + " " + nanos + " " + longestWait.get());
            }
        }
    }
}
