// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import dev.holdfast.cli.bench.BenchCommand;
import dev.holdfast.cli.choice.ChooseCommand;
import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import dev.holdfast.cli.console.LibraryLog;
import dev.holdfast.cli.console.Problems;
import dev.holdfast.cli.demo.DemoCommand;
import dev.holdfast.cli.demo.DemoWorker;
import dev.holdfast.cli.operate.InspectCommand;
import dev.holdfast.cli.operate.ListCommand;
import dev.holdfast.cli.operate.ReleaseCommand;
import dev.holdfast.cli.options.BackendOption;
import dev.holdfast.cli.options.Syntax;
import dev.holdfast.cli.run.RunCommand;
import dev.holdfast.cli.torture.TortureCommand;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The command without a subcommand: what all of them share. */
final class Main implements Callable<Integer> {
    private final BackendOption backend = new BackendOption();
    private final OptionSpec verbose = Syntax.flagOf("--verbose")
            .scopeType(ScopeType.INHERIT)
            .description("Show the stack trace of a failure.")
            .build();
    private final CommandSpec spec;

    private Main(String[] args) {
        // The options first: commands inherit those that are there when they are added.
        spec = Syntax.command("holdfast", this).addOption(backend.spec()).addOption(verbose);
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
                new RunCommand(backend).spec(),
                new InspectCommand(backend).spec(),
                new ListCommand(backend).spec(),
                new ReleaseCommand(backend).spec(),
                new DemoCommand(backend).spec(),
                new ChooseCommand().spec(),
                new DemoWorker().spec())) {
            spec.addSubcommand(command.name(), command);
        }
        addWhole("bench", BenchCommand.SUMMARY, args, () -> new BenchCommand(backend).spec());
        addWhole("torture", TortureCommand.SUMMARY, args, () -> new TortureCommand(backend).spec());
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
}
