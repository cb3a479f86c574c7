// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.memory;

import dev.holdfast.load.report.Comparison;
import dev.holdfast.load.report.Metric;
import dev.holdfast.load.report.Standing;
import dev.holdfast.load.worker.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * A class of benchmarks whose methods run in turns, each round in a JVM of its own.
 *
 * @param benchmarks the class
 * @param description what it measures, for people
 * @param primary what JMH's score says, and contenders are compared by
 * @param methods the contenders, the baseline first
 */
record Suite(Class<?> benchmarks, String description, Metric primary, List<String> methods) {
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final TimeValue LIMIT = TimeValue.seconds(60);

    static List<Suite> all() {
        return List.of(
                new Suite(
                        OneThread.class,
                        "1 thread, nobody else wants the lock",
                        Metric.NANOS_PER_CYCLE,
                        List.of("reentrantLock", "holdfast")),
                new Suite(
                        SixteenThreads.class,
                        "16 threads on 1 name, nothing to do under the lock",
                        Metric.GRANTS,
                        List.of("fairReentrantLock", "reentrantLock", "holdfast", "holdfastArrival")));
    }

    /**
     * How long and how often.
     *
     * @param rounds of each method
     * @param nanos of each iteration
     * @param warmUps iterations that do not count
     * @param iterations that count
     * @param forked whether each round has a JVM of its own
     */
    record Plan(int rounds, long nanos, int warmUps, int iterations, boolean forked) {}

    Comparison run(Plan plan, Consumer<String> progress) throws RunnerException, IOException {
        List<Standing> standings = new ArrayList<>();
        methods.forEach(method -> standings.add(new Standing(method, new ArrayList<>())));
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Standing standing : standings) {
                progress.accept(id() + ": round " + round + " of " + plan.rounds() + ", " + standing.label());
                standing.rounds().add(figures(measure(standing.label(), plan)));
            }
        }
        Metric primary =
                standings.get(0).rounds().get(0).containsKey(Metric.GRANTS) ? Metric.GRANTS : Metric.NANOS_PER_CYCLE;
        return new Comparison(id(), description, primary, standings);
    }

    private String id() {
        return "memory " + benchmarks.getSimpleName();
    }

    private RunResult measure(String method, Plan plan) throws RunnerException, IOException {
        Path log = Files.createTempFile("holdfast-bench-", ".log");
        TimeValue time = TimeValue.nanoseconds(plan.nanos());
        try {
            return new Runner(new OptionsBuilder()
                            .include("^" + benchmarks.getName().replace(".", "\\.") + "\\." + method + "$")
                            .forks(plan.forked() ? 1 : 0)
                            // Otherwise JMH takes those of this JVM, which is not made for speed.
                            .jvmArgs(Fleet.JVM.toArray(String[]::new))
                            .warmupIterations(plan.warmUps())
                            .warmupTime(time)
                            .measurementIterations(plan.iterations())
                            .measurementTime(time)
                            .timeout(LIMIT)
                            .addProfiler(GCProfiler.class)
                            .shouldFailOnError(true)
                            .output(log.toString())
                            .build())
                    .runSingle();
        } catch (RunnerException e) {
            throw new RunnerException(e.getMessage() + "; JMH said:\n" + Files.readString(log), e);
        } finally {
            Files.delete(log);
        }
    }

    private Map<Metric, Double> figures(RunResult result) {
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(primary, result.getPrimaryResult().getScore());
        figures.put(
                Metric.BYTES_PER_CYCLE,
                Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED), ALLOCATED)
                        .getScore());
        return figures;
    }
}
