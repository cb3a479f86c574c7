// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.guide;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts figures into the guide, so that nobody types them. */
@Command(
        name = "figures",
        description =
                "Shows what locks cost on each store, from reports that were written with --json before, in Markdown.")
public final class FiguresCommand implements Callable<Integer> {
    /** What is between these lines of a page is replaced. */
    private static final String BEGIN = "<!-- figures -->";

    private static final String END = "<!-- end of figures -->";

    @Parameters(paramLabel = "REPORT", arity = "1..*", description = "Files that --json wrote.")
    private List<Path> reports = List.of();

    @Option(
            names = "--update",
            paramLabel = "PAGE",
            description = "Put the table into this page, between the lines " + BEGIN + " and " + END + ".")
    private @Nullable Path page;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** For picocli. */
    public FiguresCommand() {}

    @Override
    public Integer call() throws IOException {
        FiguresTable table = new FiguresTable();
        for (Path report : reports) {
            try {
                table.add(JSON.std.mapFrom(Files.readString(report)));
            } catch (IOException | IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), report + " cannot be read: " + e.getMessage(), e);
            }
        }
        if (page == null) {
            spec.commandLine().getOut().println(table.markdown());
        } else {
            Files.writeString(page, replaced(Files.readString(page), table.markdown(), page));
        }
        return 0;
    }

    private String replaced(String text, String table, Path where) {
        int begin = text.indexOf(BEGIN + "\n");
        int end = text.indexOf(END, Math.max(begin, 0));
        if (begin < 0 || end < 0) {
            throw new ParameterException(
                    spec.commandLine(), where + " has no lines " + BEGIN + " and " + END + " one after the other");
        }
        return text.substring(0, begin + BEGIN.length() + 1) + table + "\n" + text.substring(end);
    }
}
