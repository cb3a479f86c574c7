// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Signals that the JDK cannot send. */
final class Signals {
    private static final long PATIENCE_SECONDS = 10;

    private Signals() {}

    /** Sends a signal to processes, in their order. */
    static void send(String name, List<ProcessHandle> processes) {
        List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", "kill -s \"$@\"", "signal", name));
        processes.forEach(process -> line.add(Long.toString(process.pid())));
        try {
            Process kill = new ProcessBuilder(line).redirectErrorStream(true).start();
            kill.getOutputStream().close();
            if (!kill.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                kill.destroyForcibly();
                throw new ServerFailedException("sending " + name + " took longer than " + PATIENCE_SECONDS + " s");
            }
        } catch (IOException e) {
            throw new ServerFailedException("cannot send " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerFailedException("interrupted while sending " + name, e);
        }
    }
}
