// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.trials.history.History;
import dev.holdfast.trials.history.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes that fight for a few locks of a store while they are stopped (SIGSTOP, SIGCONT) and killed (SIGKILL) at random, and then the
 * verdict over everything that they wrote down. First comes a known-bad lock under the same faults, which must be caught.
 *
 * @param uri the store
 * @param directory where the histories go; must exist and be empty. They take some megabytes for each second
 * @param time how long the faults go on, longer if there were fewer than thirty; the control takes a fifth of it, and at least thirty
 *     faults, more
 * @param processes how many workers there are
 * @param threads how many threads each has
 * @param names how many locks they fight for
 * @param seed where the choices come from. The same seed makes the same choices, not the same history
 */
public record Torture(String uri, Path directory, Duration time, int processes, int threads, int names, long seed) {
    private static final Duration HEALED = Duration.ofSeconds(60);

    /**
     * Four processes with four threads each, on three locks.
     *
     * @param uri the store
     * @param directory where the histories go; must exist and be empty
     * @param time how long the faults go on
     * @param seed where the choices come from
     * @return the plan
     */
    public static Torture of(String uri, Path directory, Duration time, long seed) {
        return new Torture(uri, directory, time, 4, 4, 3, seed);
    }

    /**
     * Does it. Takes the time, and some seconds more.
     *
     * @return the report; nothing of it was thrown
     * @throws IOException if processes or files failed, or a worker met an error that is no outage: nothing can be concluded then
     * @throws InterruptedException if the thread is interrupted; no process is left
     */
    public TortureReport run() throws IOException, InterruptedException {
        TortureReport.Part control = torture(StolenLockFile.URI, subdirectory("control"), time.dividedBy(5));
        TortureReport.Part main = torture(uri, subdirectory("histories"), time);
        return new TortureReport(this, control, main, stuck());
    }

    private Path subdirectory(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    private TortureReport.Part torture(String what, Path where, Duration howLong) throws IOException {
        int outages;
        try (Crew crew = Crew.start(what, where, this)) {
            crew.torture(howLong);
            outages = crew.end();
        }
        Verdict verdict = Verdict.of(History.in(where));
        long counted = 0;
        for (int i = 0; i < names; i++) {
            counted += CheckedRegister.open(TortureWorker.register(where, i)).read();
        }
        return new TortureReport.Part(verdict, counted, outages);
    }

    /** The names of locks that nobody can get although all is healed and over. */
    private List<String> stuck() throws InterruptedException {
        List<String> stuck = new ArrayList<>();
        try (Holdfast locks = StoreContestant.open(uri)) {
            for (int i = 0; i < names; i++) {
                try (Lease lease = locks.lock(TortureWorker.name(i)).tryAcquire(HEALED)) {
                    if (lease == null) {
                        stuck.add(TortureWorker.name(i));
                    }
                }
            }
        }
        return List.copyOf(stuck);
    }

    /**
     * The command: {@code java -cp ... dev.holdfast.trials.torture.Torture URI [SECONDS [SEED]]}. The histories stay in a temporary
     * directory, which is named. Exits with 0 if every promise was kept, with 1 if one was broken, and with 2 if the run proves
     * nothing.
     *
     * @param args the store, the seconds (60) and the seed (random)
     * @throws IOException if processes or files failed
     * @throws InterruptedException if it is interrupted
     */
    @SuppressWarnings("SystemOut") // This is a program, and that is its output.
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length == 0 || args.length > 3) {
            System.err.println("usage: Torture URI [SECONDS [SEED]]");
            System.exit(2);
        }
        Duration time = Duration.ofSeconds(args.length < 2 ? 60 : Long.parseLong(args[1]));
        long seed = args.length < 3 ? System.nanoTime() : Long.parseLong(args[2]);
        Torture torture = of(args[0], Files.createTempDirectory("holdfast-torture"), time, seed);
        TortureReport report = torture.run();
        System.out.print(report);
        System.exit(!report.isValid() ? 2 : report.isGood() ? 0 : 1);
    }
}
