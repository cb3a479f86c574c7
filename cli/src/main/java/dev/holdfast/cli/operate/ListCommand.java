// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.operate;

import dev.holdfast.Holdfast;
import dev.holdfast.LockInfo;
import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Output;
import dev.holdfast.cli.options.BackendOption;
import dev.holdfast.cli.options.Store;
import dev.holdfast.cli.options.Syntax;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Shows the held locks of a store, page after page. */
public final class ListCommand implements Callable<Integer> {
    private final BackendOption backend;
    private final PositionalParamSpec prefix = PositionalParamSpec.builder()
            .index("0")
            .arity("0..1")
            .paramLabel("PREFIX")
            .type(String.class)
            .defaultValue("")
            .description("Only names that start so. Not a pattern.")
            .build();
    private final OptionSpec json = Syntax.flag("--json", "Write one line of JSON for each lock.");
    private final CommandSpec spec;

    public ListCommand(BackendOption backend) {
        this.backend = backend;
        spec = Syntax.command("list", this).addPositional(prefix).addOption(json);
        spec.usageMessage()
                .customSynopsis("holdfast list [PREFIX] [-b URI] [--json] [--verbose]")
                .description(
                        "Lists the locks that are held.",
                        "",
                        "One line for each, as they come from the store, in no particular order; a lock that is taken or freed meanwhile may be "
                                + "missing or not. Takes no lock.")
                .exitCodeList(Syntax.exitCodes(
                        "0",
                        "these are all, perhaps none",
                        "1",
                        "the output cannot be written",
                        "2",
                        "the command line is wrong; nothing was done",
                        "69",
                        "the store cannot be reached, or refuses to answer; what was written is not all",
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
        String start = prefix.getValue();
        Store.checkPrefix(start);
        Store store = backend.storeToLookAt(spec);
        boolean asJson = json.getValue();
        try (Holdfast locks = store.open(Map.of());
                Stream<LockInfo> held = locks.list(start);
                Output out = Output.standard()) {
            Iterator<LockInfo> next = held.iterator();
            if (!asJson && next.hasNext()) {
                out.line(LockReport.header());
            } else if (!asJson) {
                System.err.println("holdfast: no lock "
                        + (start.isEmpty() ? "" : "whose name starts with " + out.shown(start) + " ") + "is held in "
                        + out.shown(store.shown()));
            }
            while (next.hasNext()) {
                LockInfo lock = next.next();
                out.line(asJson ? LockReport.json(lock) : LockReport.row(lock, out));
            }
        }
        return ExitCodes.OK;
    }
}
