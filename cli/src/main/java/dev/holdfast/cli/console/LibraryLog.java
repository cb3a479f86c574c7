// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

/**
 * Where the library's log goes: to standard error with {@code --verbose}, otherwise nowhere, because the command itself says what
 * matters of it in words that fit. Instead of java.util.logging, whose start would take a fifth of the time that a short command takes.
 *
 * <p>Found by the JDK as a service.
 */
public final class LibraryLog extends System.LoggerFinder {
    /** The system property that turns the log on. */
    public static final String VERBOSE = "dev.holdfast.cli.verbose";

    /** For {@link java.util.ServiceLoader}. */
    public LibraryLog() {}

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new StderrLogger(name, Boolean.getBoolean(VERBOSE));
    }
}
