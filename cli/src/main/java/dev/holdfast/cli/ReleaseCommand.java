// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import dev.holdfast.Holdfast;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Takes a lock away from its holder. */
@Command(
        name = "release",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        customSynopsis = "holdfast release NAME --force [--now] [-b URI] [--verbose]",
        description = {
            "Takes a lock away from whoever holds it.",
            "",
            "For an operator who knows that the holder must not go on. The holder's renewals fail and it is told that it has lost the "
                    + "lock; the lock is free after the rest of its lease, so that the two never hold it at the same time. "
                    + "Locks of file: cannot be taken away, only the kernel frees them: the message names the process to end."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the holder loses the lock",
            "1:the output cannot be written",
            "2:the command line is wrong; nothing was done",
            "3:the lock is free; nothing was done",
            "69:the store cannot be reached, or cannot do this",
            "70:a bug in holdfast",
            "73:the state directory cannot be made"
        })
final class ReleaseCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Main main;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "The lock's name.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Option(names = "--force", description = "Needed, because this takes away somebody else's lock.")
    private boolean force;

    @Option(
            names = "--now",
            description =
                    "Free the lock at once. Its holder may go on for a while, together with the next one: end it first.")
    private boolean now;

    @Override
    public Integer call() {
        Store.checkName(name);
        if (!force) {
            throw new ParameterException(
                    spec.commandLine(),
                    "this would take the lock away from whoever holds it, in the middle of its work; add --force if"
                            + " that is what you want");
        }
        Store store = main.storeToLookAt(spec);
        boolean wasHeld;
        try (Holdfast locks = store.open(Map.of())) {
            wasHeld = now ? locks.forceReleaseNow(name) : locks.forceRelease(name);
        }
        try (Output out = Output.standard()) {
            String lock = "the lock " + out.shown(name);
            out.line(
                    !wasHeld
                            ? lock + " is free; nothing was done"
                            : now
                                    ? lock + " was freed; its holder may not know it yet"
                                    : lock
                                            + " was taken from its holder; it is free after the rest of the holder's lease");
        }
        return wasHeld ? ExitCodes.OK : ExitCodes.FREE;
    }
}
