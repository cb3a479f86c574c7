// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

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
 * @param conditions which faults there are
 */
public record Torture(
        String uri,
        Path directory,
        Duration time,
        int processes,
        int threads,
        int names,
        long seed,
        Conditions conditions) {

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
        return new Torture(uri, directory, time, 4, 4, 3, seed, Conditions.WORKERS);
    }

    /**
     * Does it. Takes the time, and some seconds more.
     *
     * @return the report; nothing of it was thrown
     * @throws IOException if processes or files failed, or a worker met an error that is no outage: nothing can be concluded then
     * @throws InterruptedException if the thread is interrupted; no process is left
     */
    public TortureReport run() throws IOException, InterruptedException {
        BooleanSupplier never = () -> false;
        List<Link> direct = List.of(Link.direct(uri));
        Conditions mild = conditions.ofControl(conditions.fewestFaults());
        Round control = round(
                mild,
                List.of(Link.direct(conditions.control())),
                subdirectory("control"),
                time.dividedBy(5),
                seed,
                never,
                fault -> {});
        Round main = round(conditions, direct, subdirectory("histories"), time, seed, never, fault -> {});
        return new TortureReport(
                this,
                control.part(),
                main.part(),
                Leftovers.in(uri, conditions, names, StoreContestant.LONGEST_OUTAGE)
                        .stuck());
    }

    private Path subdirectory(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    /** One crew from its start to its end, and what it wrote down. Tells every fault when it is over. */
    Round round(
            Conditions under,
            List<Link> links,
            Path where,
            Duration howLong,
            long roundSeed,
            BooleanSupplier stop,
            Consumer<Fault> told)
            throws IOException {
        SplittableRandom random = new SplittableRandom(roundSeed);
        List<Fault> faults = new ArrayList<>();
        int outages;
        try (Crew crew = Crew.start(this, under, where, links, random.split(), stop)) {
            new Schedule(crew, under, random.split(), stop).play(howLong, fault -> {
                faults.add(fault);
                told.accept(fault);
            });
            outages = crew.end();
        }
        return Round.judge(where, names, faults, outages);
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
