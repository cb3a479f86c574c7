// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * Writes what is worth reading to standard error, or nothing at all.
 *
 * @param name the name of the logger
 * @param verbose whether to write
 */
public record StderrLogger(String name, boolean verbose) implements System.Logger {
    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return verbose && level != Level.OFF && level.compareTo(Level.INFO) >= 0;
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
        if (isLoggable(level)) {
            System.err.println("holdfast: " + level + " " + name + ": " + Text.harmless(message));
            if (thrown != null) {
                thrown.printStackTrace();
            }
        }
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object @Nullable ... parameters) {
        if (isLoggable(level)) {
            boolean plain = parameters == null || parameters.length == 0;
            log(level, bundle, plain ? format : MessageFormat.format(format, parameters), (Throwable) null);
        }
    }
}
