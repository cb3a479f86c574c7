// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.demo;

import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import dev.holdfast.cli.options.Store;
import dev.holdfast.trials.process.JvmOptions;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;

/** The parent's end of a {@link DemoWorker}. */
final class WorkerProcess {
    /** What the launcher starts too. */
    private static final String COMMAND = "dev.holdfast.cli.Main";

    private final Process process;
    private final Writer in;

    /** A line that a worker said; empty when it has ended. */
    record Message(WorkerProcess worker, String line) {
        String[] words() {
            return line.split(" ", 3);
        }

        long number(int word) {
            return Long.parseLong(line.split(" ", -1)[word]);
        }
    }

    private WorkerProcess(Process process) {
        this.process = process;
        in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    }

    /**
     * Starts a worker from the same jars as this process.
     *
     * @param arguments the worker's
     * @param store which store it will use
     * @param inbox where its messages go
     */
    static WorkerProcess start(List<String> arguments, Store store, BlockingQueue<Message> inbox) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        line.addAll(JvmOptions.QUIET);
        line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx128m"));
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), COMMAND));
        line.add("demo-worker");
        line.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(Redirect.INHERIT);
        builder.environment().put(DemoWorker.URL, store.uri());
        WorkerProcess worker = new WorkerProcess(builder.start());
        Thread reader = new Thread(() -> worker.read(inbox), "worker-" + worker.process.pid());
        reader.setDaemon(true);
        reader.start();
        return worker;
    }

    private void read(BlockingQueue<Message> inbox) {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                inbox.add(new Message(this, line));
            }
        } catch (IOException e) {
            inbox.add(new Message(this, "failed " + ExitCodes.FAILURE + " " + e.getMessage()));
        }
        inbox.add(new Message(this, ""));
    }

    void say(String line) {
        try {
            in.write(line + "\n");
            in.flush();
        } catch (IOException e) {
            throw new Failure(ExitCodes.FAILURE, "process " + process.pid() + " of the demo has ended unexpectedly", e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** Ends the worker, and waits until it has ended. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }
}
