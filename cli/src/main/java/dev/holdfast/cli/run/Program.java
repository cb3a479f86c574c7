// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.run;

import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds programs as sh does, so that a misspelt command is told before a lock is taken for it. */
final class Program {
    private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

    private Program() {}

    /**
     * Checks that a command can be started.
     *
     * @param command its name, or a path with a slash
     * @throws Failure with the exit codes of sh if it cannot
     */
    static void check(String command) {
        if (command.isEmpty()) {
            throw new Failure(ExitCodes.USAGE, "the command after -- is empty");
        }
        if (command.startsWith("-") || (command.contains("=") && !command.contains("/"))) {
            throw new Failure(
                    ExitCodes.USAGE, "'" + command + "' cannot be a command; write ./" + command + " if it is one");
        }
        String problem = command.contains("/") ? problem(Path.of(command)) : problemOnPath(command);
        if (problem != null) {
            throw new Failure(
                    problem.equals("not found") ? ExitCodes.NOT_FOUND : ExitCodes.NOT_EXECUTABLE,
                    command + ": " + problem);
        }
    }

    private static @Nullable String problemOnPath(String command) {
        String worst = "not found";
        for (String directory :
                System.getenv().getOrDefault("PATH", DEFAULT_PATH).split(":", -1)) {
            String problem = problem(Path.of(directory.isEmpty() ? "." : directory, command));
            if (problem == null) {
                return null;
            }
            if (problem.equals("not executable")) {
                worst = problem;
            }
        }
        return worst;
    }

    private static @Nullable String problem(Path file) {
        if (!Files.exists(file)) {
            return "not found";
        }
        if (Files.isDirectory(file)) {
            return "is a directory";
        }
        return Files.isExecutable(file) ? null : "not executable";
    }
}
