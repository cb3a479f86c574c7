// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import dev.holdfast.Holdfast;
import dev.holdfast.LockInfo;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows one lock. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        customSynopsis = "holdfast inspect NAME [-b URI] [--json] [--verbose]",
        description = {
            "Shows who holds a lock.",
            "",
            "Says what the store knows: the holder, the fencing token, since when, how long it is held if it is not renewed, and how "
                    + "many clients wait. It may have changed by the time it is read. Takes no lock."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the lock is held",
            "1:the output cannot be written",
            "2:the command line is wrong; nothing was done",
            "3:the lock is free",
            "69:the store cannot be reached, or refuses to answer",
            "70:a bug in holdfast",
            "73:the state directory cannot be made"
        })
final class InspectCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Main main;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "The lock's name.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Option(names = "--json", description = "Write one line of JSON.")
    private boolean json;

    @Override
    public Integer call() {
        Store.checkName(name);
        LockInfo lock = ask(main.storeToLookAt(spec));
        try (Output out = Output.standard()) {
            if (lock == null) {
                if (json) {
                    out.line(LockReport.jsonOfFree(name));
                } else {
                    LockReport.detailsOfFree(name, out);
                }
                return ExitCodes.FREE;
            }
            if (json) {
                out.line(LockReport.json(lock));
            } else {
                LockReport.details(lock, Instant.now(), out);
            }
            return ExitCodes.OK;
        }
    }

    private @Nullable LockInfo ask(Store store) {
        try (Holdfast locks = store.open(Map.of())) {
            return locks.inspect(name);
        }
    }
}
