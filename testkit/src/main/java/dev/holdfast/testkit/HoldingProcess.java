// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Another process that takes a lock, says its token, and holds the lock until its standard input ends or it is killed. */
public final class HoldingProcess implements AutoCloseable {
    private final Process process;
    private final long token;

    private HoldingProcess(Process process, long token) {
        this.process = process;
        this.token = token;
    }

    /**
     * Starts a process on this one's class path; returns when it holds the lock.
     *
     * @param uri the store, for {@link Holdfast#open}
     * @param name the lock, which the process waits for at most 30 seconds
     * @return the process
     * @throws IOException if it cannot be started
     * @throws AssertionError if it did not get the lock
     */
    public static HoldingProcess start(String uri, String name) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HoldingProcess.class.getName(),
                        uri,
                        name))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        if (line == null) {
            process.destroyForcibly();
            throw new AssertionError("the other process did not get the lock");
        }
        return new HoldingProcess(process, Long.parseLong(line));
    }

    /**
     * The fencing token of the process.
     *
     * @return the token
     */
    public long token() {
        return token;
    }

    /** Kills the process, which can do nothing more then. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Kills the process, which frees its lock as a crash does. */
    @Override
    public void close() {
        process.destroyForcibly();
    }

    /**
     * The other process.
     *
     * @param args the store's URI and the name of the lock
     * @throws Exception if the lock is not granted
     */
    @SuppressWarnings("SystemOut") // The parent reads it.
    public static void main(String[] args) throws Exception {
        try (Holdfast locks = Holdfast.open(args[0]);
                Lease lease = locks.lock(args[1]).acquire(Duration.ofSeconds(30))) {
            System.out.println(lease.token());
            while (System.in.read() >= 0 && lease.isHeld()) {
                lease.ensureHeld();
            }
        }
    }
}
