// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a person sits at the other end; Java itself can tell only for input and output together, and not on every version. */
public final class Terminal {
    private static final int USUAL_COLUMNS = 80;
    private static final int FEWEST_COLUMNS = 40;

    private Terminal() {}

    public static boolean isInput() {
        return is(0);
    }

    public static boolean isError() {
        return is(2);
    }

    private static boolean is(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false; // not Linux: plain lines, and options instead of questions, do anywhere
        }
    }

    /** How wide the terminal of this process is, or a width that every one has. */
    public static int columns() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Redirect.from(Path.of("/dev/tty").toFile()))
                    .redirectError(Redirect.DISCARD)
                    .start();
            try (InputStream out = stty.getInputStream()) {
                String[] size = new String(out.readAllBytes(), StandardCharsets.US_ASCII)
                        .strip()
                        .split(" ", -1);
                int columns = Integer.parseInt(size[size.length - 1]);
                return columns < FEWEST_COLUMNS ? USUAL_COLUMNS : columns;
            }
        } catch (IOException | NumberFormatException e) {
            return USUAL_COLUMNS; // no stty, or no terminal
        }
    }
}
