// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import java.text.MessageFormat;
import java.util.Queue;
import java.util.ResourceBundle;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Where everything is logged in these tests: to the error output, as ever, and to those who listen. */
public final class TestLog extends System.LoggerFinder {
    private static final Queue<Heard> LISTENERS = new ConcurrentLinkedQueue<>();

    /** For the JDK. */
    public TestLog() {}

    static void tell(Heard listener) {
        LISTENERS.add(listener);
    }

    static void forget(Heard listener) {
        LISTENERS.remove(listener);
    }

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new Lines(name);
    }

    private record Lines(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.getSeverity() >= Level.WARNING.getSeverity();
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String text, @Nullable Throwable thrown) {
            line(level, text);
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String format, Object @Nullable ... values) {
            line(level, values == null || values.length == 0 ? format : MessageFormat.format(format, values));
        }

        private void line(Level level, String text) {
            if (isLoggable(level)) {
                System.err.println(level + " " + text);
                if (name.startsWith("dev.holdfast.memcached")) {
                    LISTENERS.forEach(listener -> listener.hear(text));
                }
            }
        }
    }
}
