// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import dev.holdfast.load.contender.Entrant;
import dev.holdfast.load.scenario.Scenario;
import dev.holdfast.load.worker.WorkerFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;

/** Starts the command {@code bench/run}. */
final class Main {
    private static final int FAILURE = 1;
    private static final int USAGE = 2;

    private Main() {}

    /**
     * Runs the command and ends the process.
     *
     * @param args what to measure
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command, ready to run. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new CompareCommand());
        line.setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpLongOptionsMaxWidth(26)
                .setUsageHelpWidth(110)
                .setParameterExceptionHandler(
                        (e, args) -> fail(e.getCommandLine(), e.getMessage() + ". See bench/run --help", USAGE))
                .setExecutionExceptionHandler((e, command, parsed) -> fail(command, message(e), FAILURE));
        line.getCommandSpec().usageMessage().footer(footer());
        return line;
    }

    private static String[] footer() {
        List<String> lines = new ArrayList<>(List.of("", "Scenarios:"));
        for (Scenario scenario : Scenario.all()) {
            lines.add(row(scenario.id(), scenario.summary()));
        }
        lines.addAll(List.of("", "Contenders:"));
        Entrant.known().forEach(contender -> lines.add(row(contender.id(), contender.summary())));
        return lines.toArray(String[]::new);
    }

    private static String row(String id, String summary) {
        return String.format(Locale.ROOT, "  %-15s%s", id, summary).replace("%", "%%");
    }

    private static int fail(CommandLine line, String message, int code) {
        line.getErr().println("bench: " + message);
        line.getErr().flush();
        return code;
    }

    private static String message(Exception e) {
        return e instanceof WorkerFailure && e.getMessage() != null ? e.getMessage() : e.toString();
    }
}
