// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.options;

import dev.holdfast.cli.console.Version;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What the command lines of all commands are made of. By calls and not by picocli's annotations: reading those takes a tenth of a
 * second at each start, which is most of what a short command takes.
 */
public final class Syntax {
    private Syntax() {}

    /** A command with {@code --help} and {@code --version}. */
    public static CommandSpec command(String name, Callable<Integer> action) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(action)
                .name(name)
                .versionProvider(new Version())
                .addOption(flagOf("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help message and exit.")
                        .build())
                .addOption(flagOf("-V", "--version")
                        .versionHelp(true)
                        .description("Print version information and exit.")
                        .build());
        spec.usageMessage().exitCodeListHeading("%nExit codes:%n");
        return spec;
    }

    public static OptionSpec flag(String name, String description) {
        return flagOf(name).description(description).build();
    }

    public static OptionSpec.Builder flagOf(String... names) {
        return OptionSpec.builder(names).type(boolean.class).defaultValue("false");
    }

    public static OptionSpec.Builder timeOf(String name) {
        return OptionSpec.builder(name).paramLabel("TIME").type(Duration.class).converters(new DurationOption());
    }

    public static PositionalParamSpec name(String description) {
        return PositionalParamSpec.builder()
                .index("0")
                .arity("1")
                .required(true)
                .paramLabel("NAME")
                .type(String.class)
                .description(description)
                .build();
    }

    /** Pairs of a code and what it means. */
    public static Map<String, String> exitCodes(String... codesAndMeanings) {
        Map<String, String> codes = new LinkedHashMap<>();
        for (int i = 0; i < codesAndMeanings.length; i += 2) {
            codes.put(codesAndMeanings[i], codesAndMeanings[i + 1]);
        }
        return codes;
    }
}
