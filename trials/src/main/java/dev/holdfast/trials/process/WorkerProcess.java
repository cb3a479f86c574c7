// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM, started on the class path of this one. Its main class says {@link ParentProcess#connect()} first. What it writes to its
 * standard error appears in that of the test.
 *
 * <p>It never outlives the test. {@link #close()} kills it; if the test's JVM is killed, the kernel kills it too (Linux, {@code setpriv}),
 * even while it is stopped; and its standard input ends, upon which it ends itself.
 */
public final class WorkerProcess implements AutoCloseable {
    /** How long a worker may take to answer, unless told otherwise. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

    private final String name;
    private final Process process;
    private final Writer in;
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

    private WorkerProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.in = new OutputStreamWriter(process.getOutputStream(), UTF_8);
    }

    /**
     * Starts a worker. Returns before it runs.
     *
     * @param main its main class, which must be on the class path of this process
     * @param arguments its arguments
     * @return the worker
     * @throws IOException if the process cannot be started
     */
    public static WorkerProcess start(Class<?> main, String... arguments) throws IOException {
        return start(main, Map.of(), arguments);
    }

    /**
     * Starts a worker. Returns before it runs.
     *
     * @param main its main class, which must be on the class path of this process
     * @param environment what it has in its environment besides that of this process
     * @param arguments its arguments; everybody on the machine can read them
     * @return the worker
     * @throws IOException if the process cannot be started
     */
    public static WorkerProcess start(Class<?> main, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        if (LINUX) {
            command.addAll(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        }
        // Ctrl-C in a terminal reaches all of its processes. It is for the one that started them, which ends the
        // workers in order.
        command.addAll(List.of("sh", "-c", "trap '' INT HUP; exec \"$@\"", "worker"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JvmOptions.QUIET);
        // Several JVMs share few processors, and live for seconds.
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        CompletableFuture<WorkerProcess> started = new CompletableFuture<>();
        Thread keeper = new Thread(
                () -> keep(main.getSimpleName(), command, environment, started), "keeper of " + main.getSimpleName());
        keeper.setDaemon(true);
        keeper.start();
        try {
            return started.join();
        } catch (CompletionException e) {
            throw new IOException(
                    "cannot start " + command.get(0) + " for " + main.getSimpleName()
                            + (LINUX ? "; setpriv is in the package util-linux" : ""),
                    e.getCause());
        }
    }

    /**
     * Starts the process and reads what it says until it ends. Both on this one thread: the kernel takes the end of the
     * <em>thread</em> that started a process for the death of its parent.
     */
    private static void keep(
            String name,
            List<String> command,
            Map<String, String> environment,
            CompletableFuture<WorkerProcess> started) {
        WorkerProcess worker;
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.INHERIT);
            builder.environment().putAll(environment);
            worker = new WorkerProcess(name, builder.start());
        } catch (IOException | RuntimeException | Error e) {
            started.completeExceptionally(e);
            return;
        }
        started.complete(worker);
        worker.listen();
        worker.process.onExit().join();
    }

    private void listen() {
        try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(Optional.of(line));
            }
        } catch (IOException e) {
            // A pipe breaks when its process is killed: that is an end like any other.
            System.getLogger(WorkerProcess.class.getName())
                    .log(System.Logger.Level.DEBUG, "The worker's output broke", e);
        }
        lines.add(Optional.empty());
    }

    /**
     * The number of the process.
     *
     * @return as the kernel has it
     */
    public long pid() {
        return process.pid();
    }

    /**
     * Whether the process runs, or is stopped.
     *
     * @return false once it has ended
     */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Sends a line.
     *
     * @param line without a line break
     * @throws IOException if the process has ended
     */
    public synchronized void tell(String line) throws IOException {
        try {
            in.write(line + "\n");
            in.flush();
        } catch (IOException e) {
            throw new IOException(this + " cannot be told: " + line, e);
        }
    }

    /**
     * Waits for the next line of the worker, for a minute at most.
     *
     * @return the line
     * @throws IOException if the process ended or says nothing
     */
    public String hear() throws IOException {
        return hear(PATIENCE);
    }

    /**
     * Waits for the next line of the worker.
     *
     * @param timeout how long at most
     * @return the line
     * @throws IOException if the process ended or says nothing
     */
    public String hear(Duration timeout) throws IOException {
        return heard(timeout).orElseThrow(() -> new IOException(this + " said nothing for " + timeout));
    }

    /**
     * Waits a little for the next line of the worker.
     *
     * @param timeout how long at most
     * @return the line, or nothing if there was none so far
     * @throws IOException if the process ended
     */
    public Optional<String> heard(Duration timeout) throws IOException {
        try {
            Optional<String> line = lines.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (line == null) {
                return Optional.empty();
            }
            if (line.isEmpty()) {
                lines.add(line);
                throw new IOException(this + " has ended");
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + this, e);
        }
    }

    /**
     * Sends a line and waits for the next one of the worker, for a minute at most.
     *
     * @param line without a line break
     * @return the answer
     * @throws IOException if the process ended or says nothing
     */
    public String ask(String line) throws IOException {
        tell(line);
        return hear();
    }

    /**
     * Stops the process (SIGSTOP). Returns when none of its threads runs any more.
     *
     * @throws IOException if that cannot be done
     */
    public void stop() throws IOException {
        ProcessSignals.stop(pid());
    }

    /**
     * Lets a stopped process go on (SIGCONT).
     *
     * @throws IOException if that cannot be done
     */
    public void resume() throws IOException {
        ProcessSignals.resume(pid());
    }

    /** Kills the process (SIGKILL), stopped or not. Returns when it has ended. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /**
     * Waits for the process to end by itself.
     *
     * @param timeout how long at most
     * @return its exit code
     * @throws IOException if it does not end
     */
    public int exitCode(Duration timeout) throws IOException {
        try {
            if (process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                return process.exitValue();
            }
            throw new IOException(this + " did not end within " + timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the end of " + this, e);
        }
    }

    /** Kills the process. */
    @Override
    public void close() {
        kill();
    }

    @Override
    public String toString() {
        return name + " (process " + pid() + (isAlive() ? ")" : ", ended with " + process.exitValue() + ")");
    }
}
