// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The command without a subcommand: what all of them share. */
final class Main implements Callable<Integer> {
    private final OptionSpec backend = OptionSpec.builder("-b", "--backend")
            .paramLabel("URI")
            .type(String.class)
            .scopeType(ScopeType.INHERIT)
            .description(
                    "Where the locks are: file:/directory, redis://host, ...",
                    "Default: the environment's HOLDFAST_URL, or else files of this user on this machine, in"
                            + " $$XDG_STATE_HOME/holdfast/locks or ~/.local/state/holdfast/locks.")
            .build();
    private final OptionSpec verbose = Syntax.flagOf("--verbose")
            .scopeType(ScopeType.INHERIT)
            .description("Show the stack trace of a failure.")
            .build();
    private final CommandSpec spec;

    private Main(String[] args) {
        // The options first: commands inherit those that are there when they are added.
        spec = Syntax.command("holdfast", this).addOption(backend).addOption(verbose);
        spec.usageMessage()
                .description("Locks with a name, from one machine to a cluster.")
                .synopsisSubcommandLabel("COMMAND")
                .exitCodeList(Syntax.exitCodes(
                        "  0", "done",
                        "  1", "failure",
                        "  2", "the command line is wrong; nothing was done",
                        "  3", "the lock is free (`inspect`, `release`)",
                        "  4", "the run proves nothing (`torture`)",
                        " 69", "the store cannot be reached, or refuses to answer",
                        " 70", "a bug in holdfast",
                        " 73", "a file or directory cannot be made",
                        " 75", "the lock is not free",
                        " 76", "the lock was lost while the command ran",
                        "126", "the command of `run` cannot be executed",
                        "127", "the command of `run` was not found",
                        "128+n", "ended by signal n"));
        for (CommandSpec command : List.of(
                new RunCommand(this).spec(),
                new InspectCommand(this).spec(),
                new ListCommand(this).spec(),
                new ReleaseCommand(this).spec(),
                new DemoCommand(this).spec(),
                new ChooseCommand().spec(),
                new DemoWorker().spec())) {
            spec.addSubcommand(command.name(), command);
        }
        addWhole("bench", BenchCommand.SUMMARY, args, () -> new BenchCommand(this).spec());
        addWhole("torture", TortureCommand.SUMMARY, args, () -> new TortureCommand(this).spec());
    }

    /** Options cost time at each start, so those of large commands are only made for those who name them. */
    private void addWhole(String name, String summary, String[] args, Supplier<CommandSpec> whole) {
        CommandSpec command = Arrays.asList(args).contains(name) ? whole.get() : Syntax.command(name, this);
        command.usageMessage().header(summary);
        spec.addSubcommand(name, command);
    }

    /**
     * Runs the command and ends the process.
     *
     * @param args what to do
     */
    public static void main(String[] args) {
        // No command takes a date, and picocli takes longer to prepare for dates than for all the rest.
        System.setProperty("picocli.converters.excludes", "java.time.*,java.sql.*");
        System.exit(new Main(args).execute(args));
    }

    private int execute(String[] args) {
        Problems problems = new Problems(System.err, this::isVerbose);
        try {
            for (String arg : args) {
                if (arg.indexOf('\uFFFD') >= 0) {
                    throw new Failure(
                            ExitCodes.USAGE,
                            "the locale (" + System.getProperty("sun.jnu.encoding") + ") cannot read the argument '"
                                    + arg + "'; set LC_ALL=C.UTF-8, or use another name");
                }
            }
            ParseResult parsed = new CommandLine(spec)
                    // A command's own arguments may start with @.
                    .setExpandAtFiles(false)
                    .setUsageHelpLongOptionsMaxWidth(24)
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .parseArgs(args);
            Integer help = CommandLine.executeHelpRequest(parsed);
            return help != null ? help : call(parsed);
        } catch (ParameterException e) {
            return problems.report(e);
        } catch (Exception e) {
            return problems.report(e);
        }
    }

    private int call(ParseResult parsed) throws Exception {
        if (isVerbose()) {
            System.setProperty(LibraryLog.VERBOSE, "true");
        }
        ParseResult command = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
        Callable<?> action = (Callable<?>) command.commandSpec().userObject();
        return (Integer) action.call();
    }

    private boolean isVerbose() {
        return Boolean.TRUE.equals(verbose.getValue());
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /**
     * The store that was asked for.
     *
     * @return its URI, or null if nothing was said
     */
    @Nullable
    String backend() {
        String given = backend.getValue();
        if (given != null) {
            return given;
        }
        String url = System.getenv("HOLDFAST_URL");
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
