// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.demo;

import dev.holdfast.cli.console.Text;
import dev.holdfast.cli.options.BackendOption;
import dev.holdfast.cli.options.Store;
import dev.holdfast.cli.options.Syntax;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Reads and checks the command line of {@code demo}; {@link Demo} does the work. */
public final class DemoCommand implements Callable<Integer> {
    private static final int MAX_PROCESSES = 64;
    private static final int MAX_THREADS = 256;
    private static final int MAX_INCREMENTS = 1_000_000;

    private final BackendOption backend;
    private final OptionSpec processes = number("--processes", "4", "How many processes count, 1 to 64. Default: 4.");
    private final OptionSpec threads =
            number("--threads", "8", "How many threads each of them has, 1 to 256. Default: 8.");
    private final OptionSpec increments =
            number("--increments", "1000", "How often each thread adds one, 1 to 1000000. Default: 1000.");
    private final CommandSpec spec;

    public DemoCommand(BackendOption backend) {
        this.backend = backend;
        spec = Syntax.command("demo", this)
                .addOption(processes)
                .addOption(threads)
                .addOption(increments);
        spec.usageMessage()
                .customSynopsis("holdfast demo [-b URI] [--processes N] [--threads N] [--increments N] [--verbose]")
                .description(
                        "Shows what a lock is for.",
                        "",
                        "Several processes with several threads each count in one plain file: they read the number, add one and write it back, "
                                + "with a short pause in between, so that others get in the way often. "
                                + "First without a lock, then with a lock for the threads of each process only, then with the lock of a store. "
                                + "Without -b and HOLDFAST_URL that is file: in a temporary directory, which is deleted at the end.")
                .exitCodeList(Syntax.exitCodes(
                        "0",
                        "the locked count was right",
                        "1",
                        "the locked count was wrong, or a process failed",
                        "2",
                        "the command line is wrong; nothing was done",
                        "69",
                        "the store cannot be reached, or refuses to answer"));
    }

    public CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() throws Exception {
        int many = checked(processes, MAX_PROCESSES);
        Load load = new Load(many, checked(threads, MAX_THREADS), checked(increments, MAX_INCREMENTS));
        String uri = backend.uri();
        if (uri != null && many > 1 && new Store(uri).isInsideOneProcess()) {
            throw new ParameterException(
                    spec.commandLine(),
                    new Store(uri).kind() + ": locks are inside one process, so " + many
                            + " processes would lose updates by design; add --processes 1, or use file:/directory or a server");
        }
        return new Demo(load).run(uri);
    }

    private static OptionSpec number(String name, String otherwise, String description) {
        return OptionSpec.builder(name)
                .paramLabel("N")
                .type(int.class)
                .defaultValue(otherwise)
                .description(description)
                .build();
    }

    private int checked(OptionSpec option, int max) {
        int value = option.getValue();
        if (value < 1 || value > max) {
            throw new ParameterException(
                    spec.commandLine(),
                    option.longestName() + " is " + Text.count(value) + "; it must be from 1 to " + Text.count(max));
        }
        return value;
    }

    /**
     * How much is counted.
     *
     * @param processes how many processes count
     * @param threads how many threads each of them has
     * @param increments how often each thread adds one
     */
    public record Load(int processes, int threads, int increments) {
        long total() {
            return (long) processes * threads * increments;
        }

        List<String> arguments(Path counter) {
            return List.of(Integer.toString(threads), Integer.toString(increments), counter.toString());
        }
    }

    /** Which lock guards the counter. */
    public enum Guard {
        NONE("no lock"),
        THREADS("thread lock only"),
        STORE("");

        private final String label;

        Guard(String label) {
            this.label = label;
        }

        String label(Store store) {
            return this == STORE ? store.kind() + ": lock" : label;
        }
    }

    /**
     * What a round came to.
     *
     * @param label which lock it had
     * @param expected how often one was added
     * @param actual what the counter says
     * @param perSecond increments per second while all processes were counting
     * @param longestWait the longest time that a thread waited for the lock, in nanoseconds; null without a lock
     */
    public record Round(
            String label,
            long expected,
            long actual,
            double perSecond,
            @Nullable Long longestWait) {
        long lost() {
            return expected - actual;
        }

        static List<String> header() {
            return List.of("lock", "expected", "actual", "lost updates", "grants/s", "longest wait");
        }

        List<String> row() {
            return List.of(
                    label,
                    Text.count(expected),
                    Text.count(actual),
                    Text.count(lost()),
                    Text.count(Math.round(perSecond)),
                    longestWait == null ? "-" : Text.time(longestWait));
        }
    }
}
