// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.memory;

import dev.holdfast.load.report.Comparison;
import dev.holdfast.load.report.Machine;
import dev.holdfast.load.report.Report;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs JMH's benchmarks in turns. */
@Command(
        name = "memory",
        description = {
            "Measures the engine without a store against ReentrantLock, with JMH, in about three minutes.",
            "Each round of each lock is a JVM of its own; figures are medians of the rounds."
        })
public final class MemoryCommand implements Callable<Integer> {
    private static final Duration ITERATION = Duration.ofSeconds(1);
    private static final Duration QUICK = Duration.ofMillis(50);

    @Option(names = "--rounds", paramLabel = "N", description = "How many rounds each lock runs; default 3.")
    private int rounds = 3;

    @Option(
            names = "--quick",
            description =
                    "One short round of each in this JVM, to see that everything works; the figures mean nothing.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all figures of all rounds to this file.")
    private @Nullable Path json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** For picocli. */
    public MemoryCommand() {}

    @Override
    public Integer call() throws Exception {
        try {
            Report.check(json);
            if (rounds < 1 || rounds > 100) {
                throw new IllegalArgumentException("--rounds is " + rounds + "; it must be from 1 to 100");
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        Suite.Plan plan = quick
                ? new Suite.Plan(1, QUICK.toNanos(), 0, 1, false)
                : new Suite.Plan(rounds, ITERATION.toNanos(), 2, 3, true);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Machine machine = Machine.here(Path.of("").toAbsolutePath());
        out.println(machine.line());
        out.println();
        List<Comparison> comparisons = new ArrayList<>();
        for (Suite suite : Suite.all()) {
            Comparison comparison = suite.run(plan, line -> {
                err.println(line);
                err.flush();
            });
            out.println(comparison.table());
            out.flush();
            comparisons.add(comparison);
            if (json != null) {
                Report.write(json, machine, comparisons);
            }
        }
        return 0;
    }
}
