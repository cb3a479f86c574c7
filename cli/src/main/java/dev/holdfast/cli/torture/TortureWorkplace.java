// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.torture;

import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import dev.holdfast.cli.signals.EndSignals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The temporary directory of a torture, gone at the end however that comes; and the signals that ask for one.
 */
final class TortureWorkplace implements AutoCloseable {
    /** The histories of half a minute on a fast store take less. */
    private static final long LEAST_SPACE = 1L << 30;

    private final Path directory;
    private final EndSignals signals;
    private final Thread hook = new Thread(this::clean, "clean-up");

    TortureWorkplace() {
        try {
            directory = Files.createTempDirectory("holdfast-torture-");
        } catch (IOException e) {
            throw new Failure(ExitCodes.CANNOT_CREATE, "cannot make a temporary directory", e);
        }
        Runtime.getRuntime().addShutdownHook(hook);
        checkSpace();
        signals = EndSignals.hear(() -> System.err.println(
                "holdfast: coming to an end; a report of what was found follows. Once more ends at once"));
    }

    private void checkSpace() {
        try {
            if (Files.getFileStore(directory).getUsableSpace() < LEAST_SPACE) {
                throw new Failure(
                        ExitCodes.CANNOT_CREATE,
                        "the disk of " + directory.getParent() + " has less than 1 GiB left; free some, or name another"
                                + " directory by JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=...");
            }
        } catch (IOException e) {
            throw new Failure(ExitCodes.CANNOT_CREATE, "cannot look at the disk of " + directory, e);
        }
    }

    Path directory() {
        return directory;
    }

    boolean isEnding() {
        return signals.came();
    }

    /** The signal that came first; 0 if there was none. */
    int signal() {
        return signals.number();
    }

    private synchronized void clean() {
        if (Files.notExists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("holdfast: cannot delete " + directory + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        clean();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // already going down: the hook finds everything cleaned
        }
    }
}
