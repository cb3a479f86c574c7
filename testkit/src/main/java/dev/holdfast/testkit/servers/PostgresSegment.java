// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The few bytes of System V shared memory by which PostgreSQL keeps two servers from one data directory. A killed server leaves
 * them behind, and they outlive every process.
 */
final class PostgresSegment {
    static final String PID_FILE = "postmaster.pid";

    private static final int LINE = 6;

    private PostgresSegment() {}

    /** Removes the segment that a killed server's pid file names: key and number are its seventh line. */
    static void remove(Path pidFile) throws IOException {
        List<String> lines = Files.readAllLines(pidFile);
        if (lines.size() <= LINE) {
            return;
        }
        String[] numbers = lines.get(LINE).strip().split("\\s+", -1);
        if (numbers.length == 2) {
            new ProcessBuilder("ipcrm", "-m", numbers[1])
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
        }
    }
}
