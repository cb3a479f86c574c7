// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import dev.holdfast.bench.guide.FiguresCommand;
import dev.holdfast.bench.memory.MemoryCommand;
import dev.holdfast.load.Tournament;
import dev.holdfast.load.Workspace;
import dev.holdfast.load.contender.Entrant;
import dev.holdfast.load.report.Comparison;
import dev.holdfast.load.report.Machine;
import dev.holdfast.load.report.Report;
import dev.holdfast.load.scenario.Course;
import dev.holdfast.load.scenario.Scenario;
import dev.holdfast.load.scenario.Setup;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads what to measure, measures it, and shows what came of it. */
@Command(
        name = "bench/run",
        description = {
            "Measures locks against each other, in processes of their own that take turns.",
            "",
            "Each figure is the median of all rounds. The last column is the quotient to the baseline, the first contender: the median of"
                    + " the quotients of rounds that ran next to each other. docs/benchmarks.md says what the scenarios measure, and"
                    + " what they do not.",
            ""
        },
        subcommands = {MemoryCommand.class, FiguresCommand.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:done",
            " 1:a contender failed, or let two holders in at once",
            " 2:the command line is wrong; nothing was measured"
        })
final class CompareCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SCENARIO", arity = "0..*", description = "What to measure; everything unless given.")
    private List<String> scenarios = List.of();

    @Option(
            names = {"-c", "--contender"},
            paramLabel = "ID[@PLACE]",
            description = {
                "Whom to compare, the baseline first; to be repeated. Each scenario has its own unless given.",
                "{dir} in a place is a fresh directory: holdfast@file:{dir}?ordering=arrival.",
                "{redis} is a Redis that is started for all of them: holdfast@redis://{redis}?barging=true.",
                "{zookeeper}, {etcd} and {memcached} are servers in the same way, {postgresql} and {mariadb} the URLs of such ones:",
                "sql-lock@{mariadb}."
            })
    private List<String> contenders = List.of();

    @Option(
            names = "--store",
            paramLabel = "STORE",
            description = "Compare on this store: ${COMPLETION-CANDIDATES}. A server is started for it.")
    private Stores.@Nullable Store store;

    @Mixin
    private final Amounts amounts = new Amounts();

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where fresh directories are made; the system's place for temporary files unless given.")
    private @Nullable Path directory;

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

    /** A comparison that was found possible. */
    private record Heat(Scenario scenario, Course course, List<Entrant> entrants) {}

    @Override
    public Integer call() throws Exception {
        List<Heat> heats;
        Tournament.Plan plan;
        try {
            checkPaths();
            plan = amounts.plan();
            heats = heats();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        PrintWriter out = spec.commandLine().getOut();
        List<Comparison> comparisons = new ArrayList<>();
        try (Workspace workspace = new Workspace(directory);
                Stores stores = new Stores(amounts.delay())) {
            Machine machine = Machine.here(workspace.directory());
            out.println(machine.line());
            out.println();
            Tournament tournament = new Tournament(workspace, stores::resolve, plan, new Narrator());
            for (Heat heat : heats) {
                Comparison comparison = tournament.run(heat.scenario().id(), heat.course(), heat.entrants());
                out.println(comparison.table());
                out.flush();
                comparisons.add(comparison);
                if (json != null) {
                    // After each: what was measured is not lost if a later one fails.
                    Report.write(json, machine, comparisons);
                }
            }
        }
        if (comparisons.stream().anyMatch(Comparison::hasDefect)) {
            spec.commandLine()
                    .getErr()
                    .println("bench: a contender is broken: see the lost updates or lost locks above");
            return 1;
        }
        return 0;
    }

    /** Says each step on the standard error. */
    private final class Narrator implements Tournament.Watcher {
        @Override
        public void begins(String scenario, String step, Entrant entrant) {
            say(scenario + ": " + step + ", " + entrant.label());
        }

        @Override
        public void remarks(String remark) {
            say(remark);
        }

        private void say(String line) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(line);
            err.flush();
        }
    }

    private void checkPaths() {
        if (directory != null && !Files.isDirectory(directory)) {
            throw new IllegalArgumentException("--dir " + directory + " is not a directory");
        }
        if (json != null) {
            Path parent = json.toAbsolutePath().getParent();
            if (Files.isDirectory(json) || parent == null || !Files.isDirectory(parent)) {
                throw new IllegalArgumentException(
                        "--json " + json + " cannot be written: no such file can be made there");
            }
        }
    }

    /** Before anything runs: what is impossible is not found out in the middle of it. */
    private List<Heat> heats() {
        List<Heat> heats = new ArrayList<>();
        for (Scenario scenario : chosen()) {
            List<Entrant> entrants =
                    contenders(scenario).stream().map(Entrant::parse).toList();
            entrants.forEach(this::checkDelay);
            for (Setup setup : amounts.setups(scenario)) {
                Course course = scenario.course().apply(setup);
                entrants.forEach(course::processes);
                heats.add(new Heat(scenario, course, entrants));
            }
        }
        return heats;
    }

    private void checkDelay(Entrant entrant) {
        if (!amounts.delay().isZero() && !Stores.serve(entrant.place())) {
            throw new IllegalArgumentException(
                    "--delay means nothing to " + entrant.label() + ", which is on no server that is started here");
        }
    }

    private List<String> contenders(Scenario scenario) {
        if (!contenders.isEmpty()) {
            return contenders;
        }
        return store == null ? scenario.contenders() : store.contenders();
    }

    private List<Scenario> chosen() {
        return scenarios.isEmpty()
                ? Scenario.all()
                : scenarios.stream().map(CompareCommand::scenario).toList();
    }

    private static Scenario scenario(String id) {
        return Scenario.all().stream()
                .filter(scenario -> scenario.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no scenario '" + id + "'; known are "
                        + Scenario.all().stream().map(Scenario::id).collect(Collectors.joining(", "))));
    }
}
