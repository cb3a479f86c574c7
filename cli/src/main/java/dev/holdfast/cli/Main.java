// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command without a subcommand: what all of them share. */
@Command(
        name = "holdfast",
        description = "Locks with a name, from one machine to a cluster.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            InspectCommand.class,
            ListCommand.class,
            ReleaseCommand.class,
            DemoCommand.class,
            DemoWorker.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:done",
            "  1:failure",
            "  2:the command line is wrong; nothing was done",
            "  3:the lock is free (`inspect`, `release`)",
            " 69:the store cannot be reached, or refuses to answer",
            " 70:a bug in holdfast",
            " 73:a file or directory cannot be made",
            " 75:the lock is not free",
            " 76:the lock was lost while the command ran",
            "126:the command of `run` cannot be executed",
            "127:the command of `run` was not found",
            "128+n:ended by signal n"
        })
final class Main implements Runnable {
    /** Held, because the logging system would forget its level otherwise. */
    private static final Logger LIBRARY = Logger.getLogger("dev.holdfast");

    @Option(
            names = {"-b", "--backend"},
            paramLabel = "URI",
            scope = ScopeType.INHERIT,
            description = {
                "Where the locks are: file:/directory, redis://host, ...",
                "Default: the environment's HOLDFAST_URL, or else files of this user on this machine, in"
                        + " $$XDG_STATE_HOME/holdfast/locks or ~/.local/state/holdfast/locks."
            })
    private @Nullable String backend;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show the stack trace of a failure.")
    private boolean verbose;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /**
     * Runs the command and ends the process.
     *
     * @param args what to do
     */
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    private static int execute(String[] args) {
        Main main = new Main();
        CommandLine line = new CommandLine(main)
                // A command's own arguments may start with @.
                .setExpandAtFiles(false)
                .setUsageHelpLongOptionsMaxWidth(24)
                .setCaseInsensitiveEnumValuesAllowed(true);
        Problems problems = new Problems(System.err, () -> main.verbose);
        line.setParameterExceptionHandler(problems);
        line.setExecutionExceptionHandler(problems);
        line.setExecutionStrategy(parsed -> {
            if (!main.verbose) {
                // What matters of it the command says itself, in words that fit.
                LIBRARY.setLevel(Level.OFF);
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        for (String arg : args) {
            if (arg.indexOf('\uFFFD') >= 0) {
                return problems.report(new Failure(
                        ExitCodes.USAGE,
                        "the locale (" + System.getProperty("sun.jnu.encoding") + ") cannot read the argument '" + arg
                                + "'; set LC_ALL=C.UTF-8, or use another name"));
            }
        }
        return line.execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /**
     * The store that was asked for.
     *
     * @return its URI, or null if nothing was said
     */
    @Nullable
    String backend() {
        if (backend != null) {
            return backend;
        }
        Map<String, String> environment = System.getenv();
        String url = environment.get("HOLDFAST_URL");
        return url == null || url.isEmpty() ? null : url;
    }

    /**
     * The store that was asked for. Does no I/O.
     *
     * @param command the command that needs it
     * @param why what locks inside one process cannot do for that command
     * @return the store, or null if nothing was said
     * @throws ParameterException if its locks are inside one process
     */
    @Nullable
    Store sharedStore(CommandSpec command, String why) {
        String uri = backend();
        Store store = uri == null ? null : new Store(uri);
        if (store != null && store.isInsideOneProcess()) {
            throw new ParameterException(
                    command.commandLine(),
                    store.kind() + ": locks are inside one process, so " + why + "; use file:/directory or a server");
        }
        return store;
    }

    /**
     * The store that an operator wants to look at: the one that was asked for, or else that of this user.
     *
     * @param command the command that needs it
     * @return the store
     * @throws ParameterException if its locks are inside one process
     * @throws Failure if it is a directory that is not there
     */
    Store storeToLookAt(CommandSpec command) {
        Store store = sharedStore(command, "they cannot be seen from outside");
        return store == null ? Store.of(StateDirectory.ofUser().make("locks")) : store.existing();
    }
}
