// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A file that a report is written to. It is replaced as a whole: who looks at it in between, or after a full disk, finds the report before.
 *
 * @param option which option named it
 * @param file where it is
 */
public record ReportFile(String option, Path file) {
    /**
     * The file that an option names, which can be written.
     *
     * @param option the option
     * @return the file, or null if the option was not given
     * @throws IllegalArgumentException if it cannot be written
     */
    public static @Nullable ReportFile of(OptionSpec option) {
        Path path = option.getValue();
        if (path == null) {
            return null;
        }
        ReportFile file = new ReportFile(option.longestName(), path);
        file.check();
        return file;
    }

    /**
     * Whether the file can be written, before something that takes minutes. Makes none.
     *
     * @throws IllegalArgumentException if it cannot
     */
    private void check() {
        Path parent = file.toAbsolutePath().getParent();
        String reason = null;
        if (Files.isDirectory(file)) {
            reason = "it is a directory";
        } else if (parent == null || !Files.isDirectory(parent)) {
            reason = "there is no directory " + parent;
        } else if (Files.exists(file) ? !Files.isWritable(file) : !Files.isWritable(parent)) {
            reason = "permission denied";
        }
        if (reason != null) {
            throw new IllegalArgumentException(option + " " + file + " cannot be written: " + reason);
        }
    }

    /**
     * Writes it.
     *
     * @param text all of it
     * @throws Failure if it cannot be written
     */
    public void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                write(file, bytes); // a pipe or a device is not to be replaced
                return;
            }
            Path real = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            Path fresh = real.resolveSibling(
                    "." + real.getFileName() + "." + ProcessHandle.current().pid());
            try {
                write(fresh, bytes);
                Files.move(fresh, real, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw new Failure(ExitCodes.CANNOT_CREATE, "cannot write " + option + " " + file, e);
        }
    }

    /** Not through a channel, which a thread that was interrupted cannot use. */
    private static void write(Path to, byte[] bytes) throws IOException {
        try (OutputStream out = new FileOutputStream(to.toFile())) {
            out.write(bytes);
        }
    }
}
