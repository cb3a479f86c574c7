// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.operate;

import dev.holdfast.Holdfast;
import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Output;
import dev.holdfast.cli.options.BackendOption;
import dev.holdfast.cli.options.Store;
import dev.holdfast.cli.options.Syntax;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** Takes a lock away from its holder. */
public final class ReleaseCommand implements Callable<Integer> {
    private final BackendOption backend;
    private final PositionalParamSpec name = Syntax.name("The lock's name.");
    private final OptionSpec force = Syntax.flag("--force", "Needed, because this takes away somebody else's lock.");
    private final OptionSpec now = Syntax.flag(
            "--now",
            "Free the lock at once. Its holder may go on for a while, together with the next one: end it first.");
    private final CommandSpec spec;

    public ReleaseCommand(BackendOption backend) {
        this.backend = backend;
        spec = Syntax.command("release", this)
                .addPositional(name)
                .addOption(force)
                .addOption(now);
        spec.usageMessage()
                .customSynopsis("holdfast release NAME --force [--now] [-b URI] [--verbose]")
                .description(
                        "Takes a lock away from whoever holds it.",
                        "",
                        "For an operator who knows that the holder must not go on. The holder's renewals fail and it is told that it has lost the "
                                + "lock; the lock is free after the rest of its lease, so that the two never hold it at the same time. "
                                + "Locks of file: cannot be taken away, only the kernel frees them: the message names the process to end.")
                .exitCodeList(Syntax.exitCodes(
                        "0",
                        "the holder loses the lock",
                        "1",
                        "the output cannot be written",
                        "2",
                        "the command line is wrong; nothing was done",
                        "3",
                        "the lock is free; nothing was done",
                        "69",
                        "the store cannot be reached, or cannot do this",
                        "70",
                        "a bug in holdfast",
                        "73",
                        "the state directory cannot be made"));
    }

    public CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() {
        String lock = name.getValue();
        Store.checkName(lock);
        if (!force.<Boolean>getValue()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "this would take the lock away from whoever holds it, in the middle of its work; add --force if"
                            + " that is what you want");
        }
        Store store = backend.storeToLookAt(spec);
        boolean atOnce = now.getValue();
        boolean wasHeld;
        try (Holdfast locks = store.open(Map.of())) {
            wasHeld = atOnce ? locks.forceReleaseNow(lock) : locks.forceRelease(lock);
        }
        try (Output out = Output.standard()) {
            out.line("the lock " + out.shown(lock) + outcome(wasHeld, atOnce));
        }
        return wasHeld ? ExitCodes.OK : ExitCodes.FREE;
    }

    private static String outcome(boolean wasHeld, boolean atOnce) {
        if (!wasHeld) {
            return " is free; nothing was done";
        }
        return atOnce
                ? " was freed; its holder may not know it yet"
                : " was taken from its holder; it is free after the rest of the holder's lease";
    }
}
