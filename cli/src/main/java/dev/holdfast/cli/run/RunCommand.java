// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.run;

import dev.holdfast.LockOptions;
import dev.holdfast.cli.options.BackendOption;
import dev.holdfast.cli.options.StateDirectory;
import dev.holdfast.cli.options.Store;
import dev.holdfast.cli.options.Syntax;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** Reads and checks the command line of {@code run}; {@link LockedRun} does the work. */
public final class RunCommand implements Callable<Integer> {
    /** What to do when the lock is lost while the command runs. */
    public enum OnLoss {
        /** End the command. */
        kill,
        /** Say so, and let it go on. */
        warn
    }

    private final BackendOption backend;
    private final PositionalParamSpec name = Syntax.name("The lock's name: 1 to 1,024 bytes of UTF-8.");
    private final PositionalParamSpec command = PositionalParamSpec.builder()
            .index("1..*")
            .arity("0..*")
            .paramLabel("COMMAND")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("What to run, after --.")
            .build();
    private final OptionSpec wait = Syntax.timeOf("--wait")
            .description("Wait for the lock so long. Default: for ever.")
            .build();
    private final OptionSpec noWait = Syntax.flag("--no-wait", "Do not wait if the lock is not free.");
    private final OptionSpec lease = Syntax.timeOf("--lease")
            .description(
                    "After a crash of this machine others get the lock at the latest then. Renewed while the command"
                            + " runs. Default: 30s. A lock of file: ends with holdfast itself.")
            .build();
    private final OptionSpec atLeast = Syntax.timeOf("--at-least")
            .description(
                    "Keep the lock this long, even if the command ends sooner: twenty hosts' cron jobs run once. With"
                            + " file: holdfast itself stays so long; a signal ends that.")
            .build();
    private final OptionSpec onLoss = OptionSpec.builder("--on-loss")
            .paramLabel("kill|warn")
            .type(OnLoss.class)
            .defaultValue("kill")
            .description("If the lock is lost: end the command (SIGTERM, then SIGKILL), or only say so. Default: kill.")
            .build();
    private final OptionSpec killAfter = Syntax.timeOf("--kill-after")
            .defaultValue("5s")
            .description("Time from SIGTERM to SIGKILL. Default: 5s.")
            .build();
    private final CommandSpec spec;

    public RunCommand(BackendOption backend) {
        this.backend = backend;
        spec = Syntax.command("run", this)
                .addPositional(name)
                .addPositional(command)
                .addOption(wait)
                .addOption(noWait)
                .addOption(lease)
                .addOption(atLeast)
                .addOption(onLoss)
                .addOption(killAfter);
        spec.usageMessage()
                .customSynopsis(
                        "holdfast run NAME [-b URI] [--wait TIME | --no-wait] [--lease TIME]",
                        "                    [--at-least TIME] [--on-loss kill|warn] [--kill-after TIME]",
                        "                    [--verbose] -- COMMAND [ARGUMENT...]")
                .description(
                        "Runs a command while holding a lock.",
                        "",
                        "Waits for the lock, runs the command with this terminal, input and outputs, and gives the lock back when the command ends. "
                                + "The command finds the lock's name in HOLDFAST_LOCK and its fencing token in HOLDFAST_TOKEN. "
                                + "SIGTERM, SIGINT and SIGHUP are passed on to it. "
                                + "If holdfast itself is killed, the command is killed with it: on Linux, by setpriv of util-linux; "
                                + "where that is missing, holdfast warns and goes on. "
                                + "Times are written 500ms, 30s or 1h30m.")
                .exitCodeList(Syntax.exitCodes(
                        "n",
                        "the command's own exit code, 128+n if signal n ended it",
                        "1",
                        "failure",
                        "2",
                        "the command line is wrong; nothing was done",
                        "69",
                        "the store cannot be reached, or refuses to answer",
                        "70",
                        "a bug in holdfast",
                        "73",
                        "the state directory cannot be made",
                        "75",
                        "the lock is not free; the command did not run",
                        "76",
                        "the lock was lost while the command ran",
                        "126",
                        "the command cannot be executed",
                        "127",
                        "the command was not found",
                        "128+n",
                        "signal n came before the command was started"));
    }

    public CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() throws Exception {
        String lock = name.getValue();
        List<String> program = program(lock);
        Store.checkName(lock);
        Duration waitLimit = wait.getValue();
        if (noWait.<Boolean>getValue()) {
            if (waitLimit != null) {
                throw usage("--wait and --no-wait are mutually exclusive");
            }
            waitLimit = Duration.ZERO;
        }
        check(lease, LockOptions.defaults()::withLeaseTime);
        check(atLeast, LockOptions.defaults()::withMinHold);
        Store store = backend.sharedStore(spec, "they cannot keep two runs apart");
        if (store != null) {
            sayOnce(store, lease, "lease-time");
            sayOnce(store, atLeast, "min-hold");
        }
        Program.check(program.get(0));
        return new LockedRun(
                        store == null ? Store.of(StateDirectory.ofUser().make("locks")) : store,
                        lock,
                        program,
                        new LockedRun.Terms(
                                waitLimit,
                                lease.getValue(),
                                atLeast.getValue(),
                                onLoss.getValue() == OnLoss.kill ? killAfter.getValue() : null))
                .call();
    }

    private List<String> program(String lock) {
        List<String> given = command.getValue() == null ? List.of() : command.getValue();
        List<String> original = spec.commandLine().getParseResult().originalArgs();
        int dashes = original.indexOf("--");
        if (dashes < 0) {
            throw usage(
                    given.isEmpty()
                            ? "there is no command; write it behind --, as in: holdfast run " + lock + " -- echo hello"
                            : "there is no -- before the command; write: holdfast run " + lock + " -- "
                                    + String.join(" ", given));
        }
        List<String> program = original.subList(dashes + 1, original.size());
        if (program.isEmpty()) {
            throw usage("there is no command behind --");
        }
        if (program.size() < given.size()) {
            throw usage("'" + given.get(0) + "' stands before --, but only the name of the lock and options may");
        }
        if (program.size() > given.size()) {
            throw usage("there is no name of a lock before --");
        }
        return List.copyOf(program);
    }

    private void sayOnce(Store store, OptionSpec option, String parameter) {
        if (option.getValue() != null && store.says(parameter)) {
            throw usage(option.longestName() + " and the URI's " + parameter + " say the same thing; leave one out");
        }
    }

    private void check(OptionSpec option, Consumer<Duration> accept) {
        Duration value = option.getValue();
        if (value != null) {
            try {
                accept.accept(value);
            } catch (IllegalArgumentException e) {
                throw usage(option.longestName() + ": " + e.getMessage());
            }
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
