// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The parent's end of a {@link Worker}, which cannot outlive this process. */
final class WorkerProcess {
    private static final String ENDED = "";

    private final Process process;
    private final Writer in;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private WorkerProcess(Process process) {
        this.process = process;
        in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    }

    /**
     * Starts a worker on this process's class path. To be called from a thread that stays: the kernel ends the worker together with it.
     *
     * @param jvmOptions for the worker's JVM
     * @param arguments the worker's
     * @param environment what to add to its environment
     */
    static WorkerProcess start(List<String> jvmOptions, List<String> arguments, Map<String, String> environment)
            throws IOException {
        List<String> line = new ArrayList<>();
        if (isOnPath("setpriv")) {
            line.addAll(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        }
        if (isOnPath("sh")) {
            // Ctrl-C in a terminal is for all processes there; the parent hears it, and ends its workers in good order.
            line.addAll(List.of("sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh"));
        }
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(Fleet.QUIET);
        line.addAll(Fleet.JVM);
        line.addAll(jvmOptions);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), Worker.class.getName()));
        line.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(Redirect.INHERIT);
        builder.environment().putAll(environment);
        WorkerProcess worker = new WorkerProcess(builder.start());
        Thread reader = new Thread(worker::read, "worker-" + worker.process.pid());
        reader.setDaemon(true);
        reader.start();
        return worker;
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(folder -> !folder.isEmpty() && Files.isExecutable(Path.of(folder, program)));
    }

    private void read() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                answers.add(line);
            }
        } catch (IOException e) {
            answers.add(Reply.failure(e));
        }
        answers.add(ENDED);
    }

    void say(String command) throws WorkerFailure {
        try {
            in.write(command + "\n");
            in.flush();
        } catch (IOException e) {
            throw new WorkerFailure(this + " has ended unexpectedly", e);
        }
    }

    /** Says something that a worker need not hear, because it may have ended. */
    void tell(String command) {
        try {
            in.write(command + "\n");
            in.flush();
        } catch (IOException e) {
            return; // it has ended
        }
    }

    Reply answer(long deadline) throws WorkerFailure, InterruptedException {
        String line = answers.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (line == null) {
            throw new WorkerFailure(this + " gave no answer in time");
        }
        if (line.equals(ENDED)) {
            throw new WorkerFailure(this + " has ended unexpectedly");
        }
        return Reply.parse(line);
    }

    /** Waits for a worker that was told to end. */
    void awaitEnd(long deadline) throws InterruptedException {
        var unused = process.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** Ends the worker, and waits until it has ended. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public String toString() {
        return "worker process " + process.pid();
    }
}
