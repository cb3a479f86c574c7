// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.bench;

import dev.holdfast.cli.bench.BenchPlan.Load;
import dev.holdfast.cli.console.ReportFile;
import dev.holdfast.cli.options.BackendOption;
import dev.holdfast.cli.options.RateOption;
import dev.holdfast.cli.options.Store;
import dev.holdfast.cli.options.Syntax;
import dev.holdfast.spi.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** Reads and checks the command line of {@code bench}; {@link Bench} does the work. */
public final class BenchCommand implements Callable<Integer> {
    public static final String SUMMARY = "Measures locks on your own servers, with processes of its own.";

    /** Those of {@link BenchScenario}, which is not loaded when another command starts. */
    public static final String SCENARIOS = "uncontended, names, threads, processes, handoff, waiters, leases";

    private static final Duration USUAL_P99 = Duration.ofMillis(20);
    private static final double FIRST_RATE = 100;
    private static final double HIGHEST_RATE = 1_000_000;
    private static final int MOST_NAMES = 10_000;

    private final BackendOption backend;
    private final OptionSpec scenarios = OptionSpec.builder("--scenarios")
            .paramLabel("A,B")
            .type(String[].class)
            .splitRegex(",")
            .description("What to measure, with commas between: " + SCENARIOS + ". Default: all of them.")
            .build();
    private final OptionSpec duration = Syntax.timeOf("--duration")
            .defaultValue("10s")
            .description(
                    "How long each store is measured in each scenario, and at each rate, 1s to 1h; starting and warming up come on top."
                            + " Default: 10s.")
            .build();
    private final OptionSpec rate = OptionSpec.builder("--rate")
            .paramLabel("N/s")
            .type(double.class)
            .converters(new RateOption())
            .description(
                    "Instead of the scenarios: want so many locks a second, whether or not the store keeps up, and say how long they take;"
                            + " 1/s to 1000000/s.")
            .build();
    private final OptionSpec findLimit = Syntax.flag(
            "--find-limit",
            "Raise the rate, from --rate or 100/s on, until it does not hold, and say the last that did.");
    private final OptionSpec p99 = Syntax.timeOf("--p99")
            .description("With a rate: 99 of 100 locks must be had within this time. Default with --find-limit: 20ms.")
            .build();
    private final OptionSpec names = OptionSpec.builder("--names")
            .paramLabel("N")
            .type(int.class)
            .defaultValue("100")
            .description("With a rate: how many names the locks have, in turn; 1 to 10000. Default: 100.")
            .build();
    private final OptionSpec hold = Syntax.timeOf("--hold")
            .defaultValue("0s")
            .description("With a rate: how long each lock is held, up to 1m. Default: 0s.")
            .build();
    private final OptionSpec json = file("--json", "Write all figures to this file, for programs.");
    private final OptionSpec html = file("--html", "Write a report to this file: one page with charts, for a browser.");
    private final PositionalParamSpec uris = PositionalParamSpec.builder()
            .index("0..*")
            .paramLabel("URI")
            .type(String[].class)
            .description(
                    "Stores to measure, side by side; the first is the baseline. Default: that of -b or HOLDFAST_URL.")
            .build();
    private final CommandSpec spec;

    public BenchCommand(BackendOption backend) {
        this.backend = backend;
        spec = Syntax.command("bench", this);
        for (OptionSpec option : List.of(scenarios, duration, rate, findLimit, p99, names, hold, json, html)) {
            spec.addOption(option);
        }
        spec.addPositional(uris);
        spec.usageMessage()
                .sortOptions(false)
                .customSynopsis(
                        "holdfast bench URI... [--scenarios A,B] [OPTIONS]",
                        "       holdfast bench URI... --rate N/s [--p99 TIME] [OPTIONS]",
                        "       holdfast bench URI... --find-limit [--p99 TIME] [OPTIONS]")
                .description(
                        "All names of its locks begin with holdfast-bench- and a random part; it touches nothing else. It puts load on the store:"
                                + " think before you point it at one that others need. A URI with a password belongs in HOLDFAST_URL.")
                .exitCodeList(Syntax.exitCodes(
                        "0",
                        "done; with a rate: it held",
                        "1",
                        "a rate did not hold, two held a lock at once, or a process failed",
                        "2",
                        "the command line is wrong; nothing was done",
                        "69",
                        "a store cannot be reached, or died meanwhile; what was measured until then is reported",
                        "73",
                        "a report or a temporary file cannot be written",
                        "128+n",
                        "ended by signal n; what was measured until then is reported"));
    }

    private static OptionSpec file(String name, String description) {
        return OptionSpec.builder(name)
                .paramLabel("FILE")
                .type(Path.class)
                .description(description)
                .build();
    }

    public CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() throws Exception {
        BenchPlan plan;
        try {
            plan = plan();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        return new Bench(plan).run();
    }

    private BenchPlan plan() {
        List<Store> stores = stores();
        Duration time = duration.getValue();
        between("--duration", time, Duration.ofSeconds(1), Duration.ofHours(1));
        Load load = load();
        String[] wanted = scenarios.getValue();
        if (load != null && wanted != null) {
            throw new IllegalArgumentException("--scenarios and a rate exclude each other");
        }
        List<BenchScenario> chosen = wanted == null
                ? BenchScenario.all()
                : Stream.of(wanted)
                        .map(String::strip)
                        .distinct()
                        .map(BenchScenario::of)
                        .toList();
        if (json.getValue() != null && json.getValue().equals(html.getValue())) {
            throw new IllegalArgumentException("--json and --html name the same file");
        }
        return new BenchPlan(
                stores,
                load == null ? chosen : List.of(),
                load,
                time,
                ReportFile.of(json),
                ReportFile.of(html),
                line());
    }

    private List<Store> stores() {
        String[] given = uris.getValue();
        String other = backend.uri();
        List<String> all = given != null ? List.of(given) : other != null ? List.of(other) : List.of();
        if (all.isEmpty()) {
            throw new IllegalArgumentException(
                    "say which stores to measure, as in: holdfast bench redis://localhost file:/tmp/locks");
        }
        return all.stream().map(Store::new).toList();
    }

    private @Nullable Load load() {
        Double perSecond = rate.getValue();
        boolean search = findLimit.getValue();
        if (perSecond == null && !search) {
            for (OptionSpec option : List.of(p99, names, hold)) {
                if (isGiven(option)) {
                    throw new IllegalArgumentException(
                            option.longestName() + " means nothing without --rate or --find-limit");
                }
            }
            return null;
        }
        double first = Objects.requireNonNullElse(perSecond, FIRST_RATE);
        if (first < 1 || first > HIGHEST_RATE) {
            throw new IllegalArgumentException("--rate must be from 1/s to 1000000/s");
        }
        int many = names.getValue();
        if (many < 1 || many > MOST_NAMES) {
            throw new IllegalArgumentException("--names must be from 1 to " + MOST_NAMES + ", not " + many);
        }
        Duration held = hold.getValue();
        between("--hold", held, Duration.ZERO, Duration.ofMinutes(1));
        Duration target = p99.getValue();
        if (target != null) {
            between("--p99", target, Duration.ofNanos(1), Duration.ofHours(1));
        }
        return new Load(first, search, target == null && search ? USUAL_P99 : target, many, held);
    }

    /** With something else than what it is anyway. */
    private static boolean isGiven(OptionSpec option) {
        return option.originalStringValues().stream().anyMatch(value -> !value.equals(option.defaultValue()));
    }

    private static void between(String option, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(option + " is " + Durations.format(value) + "; it must be from "
                    + Durations.format(least) + " to " + Durations.format(most));
        }
    }

    /** What was asked for, as it can be shown to everybody. */
    private String line() {
        List<String> words = new ArrayList<>(List.of("holdfast", "bench"));
        stores().forEach(store -> words.add(store.shown()));
        for (OptionSpec option : List.of(scenarios, duration, rate, findLimit, p99, names, hold)) {
            if (isGiven(option)) {
                words.add(option.longestName());
                if (!option.type().equals(boolean.class)) {
                    words.add(String.join(",", option.originalStringValues()));
                }
            }
        }
        return String.join(" ", words);
    }
}
