// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import dev.holdfast.Holdfast;
import dev.holdfast.LockInfo;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows the held locks of a store, page after page. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        customSynopsis = "holdfast list [PREFIX] [-b URI] [--json] [--verbose]",
        description = {
            "Lists the locks that are held.",
            "",
            "One line for each, as they come from the store, in no particular order; a lock that is taken or freed meanwhile may be "
                    + "missing or not. Takes no lock."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:these are all, perhaps none",
            "1:the output cannot be written",
            "2:the command line is wrong; nothing was done",
            "69:the store cannot be reached, or refuses to answer; what was written is not all",
            "70:a bug in holdfast",
            "73:the state directory cannot be made"
        })
final class ListCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Main main;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            defaultValue = "",
            paramLabel = "PREFIX",
            description = "Only names that start so. Not a pattern.")
    private String prefix = "";

    @Option(names = "--json", description = "Write one line of JSON for each lock.")
    private boolean json;

    @Override
    public Integer call() {
        Store.checkPrefix(prefix);
        Store store = main.storeToLookAt(spec);
        try (Holdfast locks = store.open(Map.of());
                Stream<LockInfo> held = locks.list(prefix);
                Output out = Output.standard()) {
            Iterator<LockInfo> next = held.iterator();
            if (!json && next.hasNext()) {
                out.line(LockReport.header());
            } else if (!json) {
                System.err.println("holdfast: no lock " + (prefix.isEmpty() ? "" : "whose name starts so ")
                        + "is held in " + out.shown(store.shown()));
            }
            while (next.hasNext()) {
                LockInfo lock = next.next();
                out.line(json ? LockReport.json(lock) : LockReport.row(lock, out));
            }
        }
        return ExitCodes.OK;
    }
}
