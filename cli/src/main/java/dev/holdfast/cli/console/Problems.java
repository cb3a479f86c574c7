// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

import dev.holdfast.BackendException;
import dev.holdfast.LockException;
import java.io.PrintStream;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line for a person and an exit code. */
public final class Problems {
    private static final int SIGPIPE = 13;

    private final PrintStream err;
    private final BooleanSupplier verbose;

    public Problems(PrintStream err, BooleanSupplier verbose) {
        this.err = err;
        this.verbose = verbose;
    }

    /**
     * Says what is wrong with the command line.
     *
     * @param e the first mistake
     * @return the exit code that goes with it
     */
    public int report(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        String message = String.valueOf(e.getMessage());
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            message = "unknown option or argument: " + unmatched.getUnmatched().get(0);
        }
        err.println("holdfast: " + oneLine(message) + ". See '" + command + " --help'");
        trace(e);
        return ExitCodes.USAGE;
    }

    /**
     * Says what went wrong.
     *
     * @param e the failure
     * @return the exit code that goes with it
     */
    public int report(Exception e) {
        if (e instanceof Output.ReaderGone) {
            return ExitCodes.SIGNAL + SIGPIPE;
        }
        int code = exitCode(e);
        String message = oneLine(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        err.println(
                "holdfast: " + (code == ExitCodes.INTERNAL ? "a bug in holdfast: " : "") + message + reason(e, message)
                        + (code == ExitCodes.INTERNAL && !verbose.getAsBoolean() ? " (--verbose shows more)" : ""));
        trace(e);
        return code;
    }

    public static int exitCode(Exception e) {
        if (e instanceof Failure failure) {
            return failure.exitCode();
        }
        if (e instanceof BackendException) {
            return ExitCodes.UNAVAILABLE;
        }
        if (e instanceof IllegalArgumentException) {
            return ExitCodes.USAGE;
        }
        return e instanceof LockException ? ExitCodes.FAILURE : ExitCodes.INTERNAL;
    }

    /** The cause, unless the message has it already. */
    private static String reason(Exception e, String message) {
        Throwable cause = e.getCause();
        if (cause == null || cause == e) {
            return "";
        }
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : oneLine(cause.getMessage());
        return message.contains(text)
                ? ""
                : ": "
                        + (cause instanceof java.io.IOException
                                ? cause.getClass().getSimpleName() + " "
                                : "") + text;
    }

    private static String oneLine(String message) {
        String line = message.strip().replaceAll("\\s*\\R\\s*", "; ");
        // Messages quote names and labels, which others may have chosen.
        return Text.harmless(line.endsWith(".") && !line.endsWith("..") ? line.substring(0, line.length() - 1) : line);
    }

    private void trace(Exception e) {
        if (verbose.getAsBoolean()) {
            e.printStackTrace(err);
        }
    }
}
