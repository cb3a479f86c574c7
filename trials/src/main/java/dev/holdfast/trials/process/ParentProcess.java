// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A worker's end of its {@link WorkerProcess}. From {@link #connect()} on this JVM ends at once when its parent closes the connection
 * or dies, whatever its threads do, and some time after its start in any case.
 */
public final class ParentProcess {
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(10);

    /** As a shell has it for SIGKILL: this is no regular end. */
    private static final int ORPHANED = 137;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final PrintStream out;

    private ParentProcess(PrintStream out) {
        this.out = out;
    }

    /**
     * Connects to the process that started this one. To be called once, first of all. This process ends after ten minutes at the latest.
     *
     * @return the connection
     */
    public static ParentProcess connect() {
        return connect(LONGEST_LIFE);
    }

    /**
     * Connects to the process that started this one. To be called once, first of all.
     *
     * @param longestLife after what time this process ends at the latest
     * @return the connection
     */
    @SuppressWarnings("SystemOut") // That is the connection.
    public static ParentProcess connect(Duration longestLife) {
        ParentProcess parent = new ParentProcess(new PrintStream(System.out, true, UTF_8));
        daemon("reader of the parent", parent::listen);
        daemon("end of the worker", () -> endAfter(longestLife));
        return parent;
    }

    private static void daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void listen() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // The same as the end: there is no parent any more to hear of it.
            Runtime.getRuntime().halt(ORPHANED);
        }
        // Not exit(): shutdown hooks of what is tested might wait.
        Runtime.getRuntime().halt(ORPHANED);
    }

    private static void endAfter(Duration longestLife) {
        try {
            Thread.sleep(longestLife.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(ORPHANED);
    }

    /**
     * Waits for the next line of the parent.
     *
     * @return the line
     * @throws InterruptedException if the thread is interrupted
     */
    public String hear() throws InterruptedException {
        return lines.take();
    }

    /**
     * Sends a line to the parent.
     *
     * @param line line breaks in it become spaces
     */
    public void say(String line) {
        out.println(line.replace('\n', ' '));
    }
}
