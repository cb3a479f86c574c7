// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import dev.holdfast.load.Tournament.Plan;
import dev.holdfast.load.scenario.Scenario;
import dev.holdfast.load.scenario.Scenario.Kind;
import dev.holdfast.load.scenario.Setup;
import dev.holdfast.spi.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that are numbers: how much, how many, how long. What is wrong is an IllegalArgumentException. */
final class Amounts {
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration LONGEST_HOLD = Duration.ofSeconds(1);
    private static final Duration LONGEST_DELAY = Duration.ofMillis(200);

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How many rounds each contender runs; default ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(
            names = "--time",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How long a round is; default 2s.")
    private Duration time = Duration.ofSeconds(2);

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How long each contender runs before its first round; default 3s.")
    private Duration warmUp = Duration.ofSeconds(3);

    @Option(names = "--processes", paramLabel = "N", description = "Instead of the scenario's own number.")
    private @Nullable Integer processes;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "In each process, instead of the scenario's own number.")
    private @Nullable Integer threads;

    @Option(
            names = "--names",
            paramLabel = "N",
            description = "Over which the threads spread, instead of the scenario's own number.")
    private @Nullable Integer names;

    @Option(
            names = "--hold",
            paramLabel = "TIME",
            split = ",",
            converter = DurationOption.class,
            description = "How long a thread works under the lock: one comparison for each, as in --hold 0,500us.")
    private List<Duration> holds = List.of();

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "How many wait or are held, instead of the scenario's own number.")
    private @Nullable Integer count;

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description =
                    "Of every packet to the server that is started, and of every packet back: how a network would be.")
    private Duration delay = Duration.ZERO;

    @Option(
            names = "--jvm-option",
            paramLabel = "OPTION",
            description = "For the JVMs of the workers, for example -XX:+UseParallelGC; may be repeated.")
    private List<String> jvmOptions = List.of();

    Plan plan() {
        inRange("--rounds", rounds, 1000);
        inRange("--time", time, SHORTEST, LONGEST);
        if (!warmUp.isZero()) {
            inRange("--warmup", warmUp, SHORTEST, LONGEST);
        }
        return new Plan(rounds, time, warmUp, jvmOptions);
    }

    /** How long packets take to and from the servers that are started. */
    Duration delay() {
        inRange("--delay", delay, Duration.ZERO, LONGEST_DELAY);
        return delay;
    }

    /** One setup for each comparison of the scenario. */
    List<Setup> setups(Scenario scenario) {
        only(scenario, Kind.LOAD, "--processes", processes, 64);
        only(scenario, Kind.LOAD, "--threads", threads, 1024);
        only(scenario, Kind.LOAD, "--names", names, 4096);
        only(scenario, Kind.MANY, "--count", count, 100_000);
        if (!holds.isEmpty() && scenario.kind() != Kind.LOAD) {
            throw meansNothing("--hold", scenario);
        }
        holds.forEach(hold -> inRange("--hold", hold, Duration.ZERO, LONGEST_HOLD));
        Setup own = scenario.setup();
        return (holds.isEmpty() ? scenario.holds() : holds)
                .stream()
                        .map(hold -> new Setup(
                                Objects.requireNonNullElse(processes, own.processes()),
                                Objects.requireNonNullElse(threads, own.threads()),
                                Objects.requireNonNullElse(names, own.names()),
                                Objects.requireNonNullElse(count, own.count()),
                                hold))
                        .toList();
    }

    private static void only(Scenario scenario, Kind kind, String option, @Nullable Integer value, int most) {
        if (value != null) {
            if (scenario.kind() != kind) {
                throw meansNothing(option, scenario);
            }
            inRange(option, value, most);
        }
    }

    private static IllegalArgumentException meansNothing(String option, Scenario scenario) {
        return new IllegalArgumentException(option + " means nothing to the scenario " + scenario.id());
    }

    private static void inRange(String option, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(option + " is " + value + "; it must be from 1 to " + most);
        }
    }

    private static void inRange(String option, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(option + " is " + Durations.format(value) + "; it must be from "
                    + Durations.format(least) + " to " + Durations.format(most));
        }
    }
}
