// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.choice;

import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import dev.holdfast.cli.console.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/** Asks a person for what the command line does not say. */
final class Questions {
    private final BufferedReader answers;

    private Questions(BufferedReader answers) {
        this.answers = answers;
    }

    /** Null if the input is not a terminal. Questions go to the standard error: the output is for the advice. */
    static @Nullable Questions onTerminal() {
        return Terminal.isInput()
                ? new Questions(new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())))
                : null;
    }

    /** The answer, or the default if it is empty; an option that was given is not asked for. */
    String ask(OptionSpec option, String otherwise) {
        Object given = option.getValue();
        if (given != null) {
            return given.toString();
        }
        System.err.printf("%s%n  %s [%s]: ", String.join(" ", option.description()), option.longestName(), otherwise);
        String answer = read();
        if (answer == null) {
            throw new Failure(ExitCodes.USAGE, "the input ended before " + option.longestName() + " was answered");
        }
        return answer.isBlank() ? otherwise : answer.strip();
    }

    /** Asks until the answer is one of the constants. */
    <E extends Enum<E>> E choose(OptionSpec option, Class<E> kind) {
        E[] constants = kind.getEnumConstants();
        while (true) {
            String answer = ask(option, constants[0].name().toLowerCase(Locale.ROOT));
            for (E constant : constants) {
                if (constant.name().equalsIgnoreCase(answer)) {
                    return constant;
                }
            }
            String names = Arrays.stream(constants).map(Enum::name).collect(Collectors.joining(", "));
            System.err.println("  one of " + names.toLowerCase(Locale.ROOT));
        }
    }

    private @Nullable String read() {
        try {
            return answers.readLine();
        } catch (IOException e) {
            throw new Failure(ExitCodes.FAILURE, "cannot read the answer", e);
        }
    }
}
