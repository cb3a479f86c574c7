// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One server process, and what can be done to it in the middle of a test. Its port and its data stay the same from start to start. All
 * methods block until it is done, at most about a minute; they are for one thread at a time.
 */
public final class ServerNode implements AutoCloseable {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final int LOG_TAIL = 4_000;
    private static final int PORT_TRIES = 20;
    private static final long PORT_PAUSE = 500_000_000L;

    private final ServerProgram program;
    private final Path directory;
    private final Path data;
    private final Path log;
    private @Nullable Process process;
    private @Nullable PauseGuard guard;

    /** How much it had said before its last start. */
    private int launchedAt;

    private ServerNode(ServerProgram program, Path directory) {
        this.program = program;
        this.directory = directory;
        this.data = directory.resolve("data");
        this.log = directory.resolve("log");
    }

    /** The port that was found free was taken by somebody else before the server had it. */
    static final class PortLostException extends Exception {
        private static final long serialVersionUID = 1L;

        PortLostException(String message) {
            super(message);
        }
    }

    static ServerNode prepare(ServerProgram program) {
        try {
            Path directory =
                    ServerHost.get().workspace().newDirectory(program.product().label());
            ServerNode node = new ServerNode(program, directory);
            node.makeData();
            return node;
        } catch (IOException e) {
            throw new ServerFailedException(
                    "cannot make a directory for " + program.product().label(), e);
        }
    }

    /**
     * Where it listens.
     *
     * @return 127.0.0.1 and its port
     */
    public InetSocketAddress socketAddress() {
        return LoopbackPorts.address(port());
    }

    /**
     * Where it listens, as text.
     *
     * @return for example {@code 127.0.0.1:6379}
     */
    public String address() {
        return "127.0.0.1:" + port();
    }

    /**
     * Where it listens.
     *
     * @return the port of clients
     */
    public int port() {
        return program.port();
    }

    /**
     * Its process.
     *
     * @return the number that the system gave to it at the last start
     */
    public long pid() {
        return started().pid();
    }

    /**
     * Whether its process lives; a paused one does.
     *
     * @return false after {@link #kill()} and {@link #stop()}, and when it ended by itself
     */
    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Stops its process and those of its children as they stand (SIGSTOP). Clients see connections on which nothing happens. */
    public void pause() {
        List<ProcessHandle> family = family();
        Signals.send("STOP", family);
        if (!Waiting.until(
                () -> family.stream().allMatch(member -> isGone(member) || hasState(member, 'T')), STOP_PATIENCE)) {
            throw failure("did not stop at SIGSTOP", null);
        }
        unguard();
        guard = PauseGuard.over(family);
    }

    /** Before anything else happens to its processes: the numbers of those that end may be given to others. */
    private void unguard() {
        if (guard != null) {
            guard.close();
            guard = null;
        }
    }

    /** Lets it go on after {@link #pause()}. */
    public void resume() {
        unguard();
        Signals.send("CONT", family());
    }

    /** Ends it and its children without a chance to do anything more (SIGKILL). What it wrote stays, also what is not on the disk yet. */
    public void kill() {
        if (process == null) {
            return;
        }
        unguard();
        List<ProcessHandle> family = family();
        family.forEach(ProcessHandle::destroyForcibly);
        // The process itself is gone when we were told so: before, it may be a zombie with threads that still hold its
        // port.
        if (!Waiting.until(() -> !isRunning() && family.stream().allMatch(ServerNode::isGone), STOP_PATIENCE)) {
            throw failure("lives on after SIGKILL", null);
        }
    }

    /** Ends it in order; kills it if that takes more than 20 s. */
    public void stop() {
        if (!isRunning()) {
            return;
        }
        unguard();
        Signals.send("CONT", family());
        Signals.send(program.stopSignal(), List.of(started().toHandle()));
        if (!Waiting.until(() -> !isRunning(), STOP_PATIENCE)) {
            kill();
        }
    }

    /** Starts it again with its data and its port; stops it first if it runs. Returns when it answers. */
    public void restart() {
        stop();
        startAgain();
    }

    /** Starts it again without its data but at its port; kills it first if it runs. Returns when it answers. */
    public void restartEmpty() {
        kill();
        try {
            Workspace.deleteTree(data);
            makeData();
        } catch (IOException e) {
            throw failure("cannot be emptied", e);
        }
        startAgain();
    }

    /**
     * What it said so far, in all its starts.
     *
     * @return its standard output and error
     */
    public String log() {
        try {
            return Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new ServerFailedException("cannot read " + log, e);
        }
    }

    /** Kills it and deletes its data. */
    @Override
    public void close() {
        kill();
        Workspace.deleteTree(directory);
    }

    void launch() {
        launchedAt = log().length();
        try {
            process = ServerHost.get().start(program.command(data), program.refusesRoot(), directory, log);
        } catch (IOException e) {
            throw failure("cannot be started", e);
        }
    }

    void awaitAnswer() throws PortLostException {
        Process current = started();
        boolean answered = Waiting.until(
                () -> !current.isAlive() || (Listeners.listens(current.pid(), port()) && program.answers()),
                Waiting.PATIENCE);
        if (!current.isAlive()) {
            if (log().substring(launchedAt).toLowerCase(Locale.ROOT).contains("address already in use")) {
                throw new PortLostException(address() + " was taken by somebody else");
            }
            throw failure("ended with " + current.exitValue() + " while it was starting", null);
        }
        if (!answered) {
            throw failure("did not answer within " + Waiting.PATIENCE.toSeconds() + " s", null);
        }
    }

    private void startAgain() {
        launch();
        awaitAnswerAgain();
    }

    /** Its port may have been taken while it was down, as a rule by something that does not last. */
    void awaitAnswerAgain() {
        PortLostException lost = null;
        for (int tries = 0; tries < PORT_TRIES; tries++) {
            try {
                if (lost != null) {
                    LockSupport.parkNanos(PORT_PAUSE);
                    launch();
                }
                awaitAnswer();
                return;
            } catch (PortLostException e) {
                lost = e;
            }
        }
        throw failure("lost its port while it was down", lost);
    }

    private void makeData() throws IOException {
        Files.createDirectory(data);
        if (program.refusesRoot()) {
            ServerHost.get().giveAway(data);
        }
        try {
            program.prepare(data);
        } catch (IOException e) {
            throw failure("could not make its data", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("was interrupted while it made its data", e);
        }
    }

    private Process started() {
        if (process == null) {
            throw new IllegalStateException(program.product().label() + " was not started");
        }
        return process;
    }

    /** Its process and all that descend from it, parents first: a stopped parent has no new children. */
    private List<ProcessHandle> family() {
        ProcessHandle head = started().toHandle();
        List<ProcessHandle> family = new ArrayList<>(List.of(head));
        try (Stream<ProcessHandle> descendants = head.descendants()) {
            descendants.forEach(family::add);
        }
        return family;
    }

    /** A dead process whose new parent has not asked for it yet counts as gone. */
    private static boolean isGone(ProcessHandle member) {
        return !member.isAlive() || hasState(member, 'Z');
    }

    private static boolean hasState(ProcessHandle member, char state) {
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(member.pid()), "stat"));
            return line.charAt(line.lastIndexOf(')') + 2) == state;
        } catch (IOException e) {
            return true; // it has ended, or this system does not tell
        }
    }

    ServerFailedException failure(String what, @Nullable Throwable cause) {
        String said = log();
        String tail = said.substring(Math.max(0, said.length() - LOG_TAIL));
        return new ServerFailedException(
                program.product().label() + " at " + address() + " " + what + ". It said:\n" + tail, cause);
    }
}
