// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a person sits at the other end; Java itself can tell only for input and output together, and not on every version. */
final class Terminal {
    private Terminal() {}

    static boolean isInput() {
        return is(0);
    }

    static boolean isError() {
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
}
