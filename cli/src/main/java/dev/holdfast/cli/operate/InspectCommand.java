// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.operate;

import dev.holdfast.Holdfast;
import dev.holdfast.LockInfo;
import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Output;
import dev.holdfast.cli.options.BackendOption;
import dev.holdfast.cli.options.Store;
import dev.holdfast.cli.options.Syntax;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Shows one lock. */
public final class InspectCommand implements Callable<Integer> {
    private final BackendOption backend;
    private final PositionalParamSpec name = Syntax.name("The lock's name.");
    private final OptionSpec json = Syntax.flag("--json", "Write one line of JSON.");
    private final CommandSpec spec;

    public InspectCommand(BackendOption backend) {
        this.backend = backend;
        spec = Syntax.command("inspect", this).addPositional(name).addOption(json);
        spec.usageMessage()
                .customSynopsis("holdfast inspect NAME [-b URI] [--json] [--verbose]")
                .description(
                        "Shows who holds a lock.",
                        "",
                        "Says what the store knows: the holder, the fencing token, since when, how long it is held if it is not renewed, and how "
                                + "many clients wait. It may have changed by the time it is read. Takes no lock.")
                .exitCodeList(Syntax.exitCodes(
                        "0",
                        "the lock is held",
                        "1",
                        "the output cannot be written",
                        "2",
                        "the command line is wrong; nothing was done",
                        "3",
                        "the lock is free",
                        "69",
                        "the store cannot be reached, or refuses to answer",
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
        String asked = name.getValue();
        Store.checkName(asked);
        LockInfo lock = ask(backend.storeToLookAt(spec), asked);
        try (Output out = Output.standard()) {
            if (json.<Boolean>getValue()) {
                out.line(lock == null ? LockReport.jsonOfFree(asked) : LockReport.json(lock));
            } else if (lock == null) {
                LockReport.detailsOfFree(asked, out);
            } else {
                LockReport.details(lock, Instant.now(), out);
            }
        }
        return lock == null ? ExitCodes.FREE : ExitCodes.OK;
    }

    private static @Nullable LockInfo ask(Store store, String name) {
        try (Holdfast locks = store.open(Map.of())) {
            return locks.inspect(name);
        }
    }
}
