// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Starts processes that never outlive this JVM, however it ends: there is one host per JVM.
 *
 * <p>The kernel's parent-death signal does it, which has three traps. It is sent when the <em>thread</em> that started the process
 * ends, so one thread starts all of them and stays. A change of the user takes it away, so it is asked for after that. And
 * a parent that died before it was asked for is never noticed, so a shell looks at who its parent is when it is in place.
 */
final class ServerHost {
    private static final ServerHost INSTANCE = new ServerHost();

    /** Arguments: our number, then the command, which replaces the shell. */
    private static final String UNLESS_ORPHANED = "[ \"$PPID\" = \"$1\" ] || exit 76; shift; exec \"$@\"";

    private static final boolean LINUX = Files.isDirectory(Path.of("/proc/self"));
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    /** The user that every Unix has and that owns nothing. */
    private static final String NOBODY = "nobody";

    private static final long PREPARE_SECONDS = 120;

    private final ExecutorService starter = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "server-starter");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Process> processes = ConcurrentHashMap.newKeySet();
    private final Workspace workspace;

    private ServerHost() {
        try {
            workspace = Workspace.create();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary directory for servers", e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::clearUp, "server-clear-up"));
    }

    static ServerHost get() {
        return INSTANCE;
    }

    Workspace workspace() {
        return workspace;
    }

    /** Starts a process that dies with this JVM, with its output appended to the log. */
    Process start(List<String> command, boolean withoutRoot, Path directory, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(tied(command, withoutRoot && ROOT))
                .directory(directory.toFile())
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()));
        Map<String, String> environment = builder.environment();
        // Settings of the user's own servers.
        environment.keySet().removeIf(name -> name.startsWith("ETCD_") || name.startsWith("PG"));
        environment.remove("JAVA_TOOL_OPTIONS");
        try {
            Process process = starter.submit(builder::start).get();
            processes.removeIf(old -> !old.isAlive());
            processes.add(process);
            return process;
        } catch (ExecutionException e) {
            throw new IOException("cannot start " + command.get(0), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting " + command.get(0), e);
        }
    }

    /** Runs a program that ends by itself. */
    void run(List<String> command, boolean withoutRoot, Path directory, Path log)
            throws IOException, InterruptedException {
        Process process = start(command, withoutRoot, directory, log);
        if (!process.waitFor(PREPARE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command.get(0) + " did not end in " + PREPARE_SECONDS + " s");
        }
        if (process.exitValue() != 0) {
            throw new IOException(command.get(0) + " ended with " + process.exitValue());
        }
    }

    /** Gives a directory to the user who runs programs that refuse root. */
    void giveAway(Path directory) throws IOException {
        if (ROOT) {
            Files.setOwner(
                    directory,
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(NOBODY));
        }
    }

    private static List<String> tied(List<String> command, boolean asNobody) {
        List<String> line = new ArrayList<>();
        if (asNobody) {
            line.addAll(List.of("setpriv", "--reuid", NOBODY, "--regid", "65534", "--clear-groups", "--"));
        }
        if (LINUX) {
            line.addAll(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        }
        line.addAll(List.of("/bin/sh", "-c", UNLESS_ORPHANED, "server"));
        line.add(Long.toString(ProcessHandle.current().pid()));
        line.addAll(command);
        return line;
    }

    private void clearUp() {
        processes.forEach(Process::destroyForcibly);
        Waiting.until(() -> processes.stream().noneMatch(Process::isAlive), Duration.ofSeconds(5));
        workspace.delete();
    }
}
