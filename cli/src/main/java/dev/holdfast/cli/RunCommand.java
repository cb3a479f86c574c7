// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import dev.holdfast.LockOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Reads and checks the command line of {@code run}; {@link LockedRun} does the work. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        customSynopsis = {
            "holdfast run NAME [-b URI] [--wait TIME | --no-wait] [--lease TIME]",
            "                    [--at-least TIME] [--on-loss kill|warn] [--kill-after TIME]",
            "                    [--verbose] -- COMMAND [ARGUMENT...]"
        },
        description = {
            "Runs a command while holding a lock.",
            "",
            "Waits for the lock, runs the command with this terminal, input and outputs, and gives the lock back when the command ends. "
                    + "The command finds the lock's name in HOLDFAST_LOCK and its fencing token in HOLDFAST_TOKEN. "
                    + "SIGTERM, SIGINT and SIGHUP are passed on to it. "
                    + "If holdfast itself is killed, the command is killed with it: on Linux, by setpriv of util-linux; "
                    + "where that is missing, holdfast warns and goes on. "
                    + "Times are written 500ms, 30s or 1h30m."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "n:the command's own exit code, 128+n if signal n ended it",
            "1:failure",
            "2:the command line is wrong; nothing was done",
            "69:the store cannot be reached, or refuses to answer",
            "70:a bug in holdfast",
            "73:the state directory cannot be made",
            "75:the lock is not free; the command did not run",
            "76:the lock was lost while the command ran",
            "126:the command cannot be executed",
            "127:the command was not found",
            "128+n:signal n came before the command was started"
        })
final class RunCommand implements Callable<Integer> {
    /** What to do when the lock is lost while the command runs. */
    enum OnLoss {
        /** End the command. */
        kill,
        /** Say so, and let it go on. */
        warn
    }

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Main main;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "The lock's name: 1 to 1,024 bytes of UTF-8.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "COMMAND", description = "What to run, after --.")
    private List<String> command = List.of();

    @ArgGroup
    private Waiting waiting = new Waiting();

    @Option(
            names = "--lease",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description =
                    "After a crash of this machine others get the lock at the latest then. Renewed while the command"
                            + " runs. Default: 30s. A lock of file: ends with holdfast itself.")
    private @Nullable Duration lease;

    @Option(
            names = "--at-least",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description =
                    "Keep the lock this long, even if the command ends sooner: twenty hosts' cron jobs run once. With"
                            + " file: holdfast itself stays so long; a signal ends that.")
    private @Nullable Duration atLeast;

    @Option(
            names = "--on-loss",
            paramLabel = "kill|warn",
            defaultValue = "kill",
            description =
                    "If the lock is lost: end the command (SIGTERM, then SIGKILL), or only say so. Default: kill.")
    private OnLoss onLoss = OnLoss.kill;

    @Option(
            names = "--kill-after",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = DurationOption.class,
            description = "Time from SIGTERM to SIGKILL. Default: 5s.")
    private Duration killAfter = Duration.ofSeconds(5);

    /** How long to wait for the lock. */
    static final class Waiting {
        @Option(
                names = "--wait",
                paramLabel = "TIME",
                converter = DurationOption.class,
                description = "Wait for the lock so long. Default: for ever.")
        private @Nullable Duration time;

        @Option(names = "--no-wait", description = "Do not wait if the lock is not free.")
        private boolean none;

        /** Null is for ever. */
        @Nullable
        Duration limit() {
            return none ? Duration.ZERO : time;
        }
    }

    @Override
    public Integer call() throws Exception {
        List<String> program = program();
        Store.checkName(name);
        check("--lease", lease, LockOptions.defaults()::withLeaseTime);
        check("--at-least", atLeast, LockOptions.defaults()::withMinHold);
        Store store = main.sharedStore(spec, "they cannot keep two runs apart");
        if (store != null) {
            sayOnce(store, "--lease", lease, "lease-time");
            sayOnce(store, "--at-least", atLeast, "min-hold");
        }
        Program.check(program.get(0));
        return new LockedRun(
                        store == null ? Store.of(StateDirectory.ofUser().make("locks")) : store,
                        name,
                        program,
                        new LockedRun.Terms(waiting.limit(), lease, atLeast, onLoss == OnLoss.kill ? killAfter : null))
                .call();
    }

    private List<String> program() {
        List<String> original = spec.commandLine().getParseResult().originalArgs();
        int dashes = original.indexOf("--");
        if (dashes < 0) {
            throw usage(
                    command.isEmpty()
                            ? "there is no command; write it behind --, as in: holdfast run " + name + " -- echo hello"
                            : "there is no -- before the command; write: holdfast run " + name + " -- "
                                    + String.join(" ", command));
        }
        List<String> program = original.subList(dashes + 1, original.size());
        if (program.isEmpty()) {
            throw usage("there is no command behind --");
        }
        if (program.size() < command.size()) {
            throw usage("'" + command.get(0) + "' stands before --, but only the name of the lock and options may");
        }
        if (program.size() > command.size()) {
            throw usage("there is no name of a lock before --");
        }
        return List.copyOf(program);
    }

    private void sayOnce(Store store, String option, @Nullable Duration value, String parameter) {
        if (value != null && store.says(parameter)) {
            throw usage(option + " and the URI's " + parameter + " say the same thing; leave one out");
        }
    }

    private void check(String option, @Nullable Duration value, Consumer<Duration> accept) {
        if (value != null) {
            try {
                accept.accept(value);
            } catch (IllegalArgumentException e) {
                throw usage(option + ": " + e.getMessage());
            }
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
