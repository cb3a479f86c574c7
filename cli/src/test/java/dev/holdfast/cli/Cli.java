// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** Starts the command as a user does: as a process of its own, with a state directory of its own. */
public final class Cli implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Another JVM that starts at the same moment would make this one write a warning into its output; the command's script has the same option. */
    public static final String QUIET = "-XX:-UsePerfData";

    /** A shell lets what it starts in the background ignore Ctrl-C, and nohup the end of the terminal; every process passes that on. */
    private static final List<String> INTERRUPTIBLE =
            System.getProperty("os.name").equals("Linux") ? List.of("env", "--default-signal=INT,HUP") : List.of();

    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final List<Started> started = new ArrayList<>();
    private int count;

    public Cli(Path directory) {
        this.directory = directory;
        environment.put("XDG_STATE_HOME", state().toString());
    }

    public Path state() {
        return directory.resolve("state");
    }

    public Path path(String name) {
        return directory.resolve(name);
    }

    public Cli with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    public Started start(String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                QUIET,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.holdfast.cli.Main"));
        line.addAll(List.of(arguments));
        return startLine(line);
    }

    public Started startLine(List<String> line) {
        try {
            int number = count++;
            File out = path("out-" + number).toFile();
            File err = path("err-" + number).toFile();
            List<String> signalled = new ArrayList<>(INTERRUPTIBLE);
            signalled.addAll(line);
            ProcessBuilder builder =
                    new ProcessBuilder(signalled).redirectOutput(out).redirectError(err);
            builder.environment().remove("HOLDFAST_URL");
            builder.environment().putAll(environment);
            Started process = new Started(builder.start(), out.toPath(), err.toPath());
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Result run(String... arguments) {
        return start(arguments).end();
    }

    public static void until(String what, BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(condition::getAsBoolean);
    }

    public static boolean exists(Path file) {
        return Files.exists(file) && text(file).endsWith("\n");
    }

    public static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether code of a process may still run: a zombie is none. */
    public static boolean runs(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        started.forEach(Started::kill);
    }

    /** A process that was started. */
    public record Started(Process process, Path out, Path err) {
        public Result end() {
            try {
                if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new AssertionError("it does not end; it said: " + text(out) + text(err));
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new Result(process.exitValue(), text(out), text(err));
        }

        public void signal(String name) {
            try {
                int code = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                        .start()
                        .waitFor();
                if (code != 0) {
                    throw new AssertionError("kill -" + name + " failed");
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        public void kill() {
            process.destroyForcibly();
            process.onExit().join();
        }

        public boolean ends(Duration within) {
            try {
                return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** What a process came to. */
    public record Result(int code, String out, String err) {}
}
