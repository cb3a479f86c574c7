// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Stops processes and lets them go on, whoever started them: workers, and servers. Linux, and in part other Unix systems. */
public final class ProcessSignals {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long POLL_NANOS = 200_000;

    private ProcessSignals() {}

    /**
     * Stops a process (SIGSTOP). Returns when none of its threads runs any more, where {@code /proc} tells.
     *
     * @param pid the process
     * @throws IOException if there is no such process, or it cannot be stopped
     */
    public static void stop(long pid) throws IOException {
        send("STOP", pid);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!isStopped(pid)) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("process " + pid + " did not stop within " + PATIENCE);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /**
     * Lets a stopped process go on (SIGCONT).
     *
     * @param pid the process
     * @throws IOException if there is no such process
     */
    public static void resume(long pid) throws IOException {
        send("CONT", pid);
    }

    private static void send(String signal, long pid) throws IOException {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.DISCARD)
                .start();
        try {
            if (!kill.waitFor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS) || kill.exitValue() != 0) {
                throw new IOException("kill -" + signal + " " + pid + " failed; is there such a process?");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while sending " + signal + " to process " + pid, e);
        } finally {
            kill.destroyForcibly();
        }
    }

    /** A signal reaches the threads of a process one after the other. */
    private static boolean isStopped(long pid) throws IOException {
        Path tasks = Path.of("/proc", Long.toString(pid), "task");
        if (!Files.isDirectory(Path.of("/proc/self/task"))) {
            return true;
        }
        List<Path> threads;
        try (Stream<Path> all = Files.list(tasks)) {
            threads = all.toList();
        } catch (NoSuchFileException e) {
            throw new IOException("process " + pid + " has ended", e);
        }
        for (Path thread : threads) {
            try {
                String stat = Files.readString(thread.resolve("stat"));
                // The name before the state may have anything in it, parentheses too.
                char state = stat.charAt(stat.lastIndexOf(')') + 2);
                if (state != 'T' && state != 't') {
                    return false;
                }
            } catch (IOException e) {
                return false; // This thread has just ended, so not all were stopped.
            }
        }
        return true;
    }
}
