// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends processes that are stopped when this JVM is gone. The parent-death signal ends a server, but its children hear of that from their
 * parent, and hear nothing while they are stopped. A shell waits for the end of a pipe, which comes with the end of this JVM, however it ends.
 */
final class PauseGuard implements AutoCloseable {
    private static final String AT_THE_END = "while read -r line; do :; done; kill -s KILL \"$@\"";

    private final Process shell;

    private PauseGuard(Process shell) {
        this.shell = shell;
    }

    static PauseGuard over(List<ProcessHandle> stopped) {
        List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", AT_THE_END, "pause-guard"));
        stopped.forEach(process -> line.add(Long.toString(process.pid())));
        try {
            return new PauseGuard(new ProcessBuilder(line)
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            throw new ServerFailedException("cannot guard stopped processes", e);
        }
    }

    /** They go on, or end in another way. */
    @Override
    public void close() {
        shell.destroyForcibly();
        Waiting.until(() -> !shell.isAlive(), Duration.ofSeconds(5));
    }
}
