// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The user's own commands that stop a server of the store and start it again, run by {@code sh}.
 *
 * @param stop stops one
 * @param start starts it, and returns when it was started
 */
public record ServerHooks(String stop, String start) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    void stopServer() throws IOException {
        run("--stop-server", stop);
    }

    void startServer() throws IOException {
        run("--start-server", start);
    }

    /** What it writes goes nowhere: a server that was started may keep its output open for ever. */
    private static void run(String option, String command) throws IOException {
        Process process = new ProcessBuilder("sh", "-c", command)
                .redirectInput(Redirect.from(new java.io.File("/dev/null")))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException(
                        "the command of " + option + " did not end within " + PATIENCE.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException("the command of " + option + " ended with " + process.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the command of " + option + " ran", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
