// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.run;

import dev.holdfast.cli.console.ExitCodes;
import dev.holdfast.cli.console.Failure;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The command that runs under the lock, tied to this process: the kernel kills it when this process dies, however it dies.
 *
 * <p>Linux's parent-death signal has two traps. It is sent when the <em>thread</em> that started the process ends, so only a thread
 * that stays may call {@link #start}: the main thread does. (With all of the JDK's launch mechanisms the command's parent is this
 * process and that thread; measured on JDK 17.) And a parent that dies before {@code setpriv} asked for the signal is never
 * signalled; so the shell behind it, which runs when the signal is armed, checks that its parent is still the one that started it.
 */
final class CommandProcess {
    /** Arguments: our number, the record or nothing, the command. The shell's process becomes the command's. */
    static final String SCRIPT = """
            [ "$PPID" = "$1" ] || exit 76
            if [ -n "$2" ]; then
              [ -e "$2" ] || exit 76
              (
                read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ start _ </proc/$$/stat
                echo "$$ $start" >>"$2"
              ) || exit 73
            fi
            shift 2
            exec "$@"
            """;

    /** Shells drop every other variable from the environment. */
    private static final Pattern SHELL_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private static final Duration PROBE = Duration.ofSeconds(5);

    private final Process process;

    private CommandProcess(Process process) {
        this.process = process;
    }

    /** Whether the kernel can be asked to end a command together with this process. */
    static boolean canBeTied() throws InterruptedException {
        try {
            Process probe = new ProcessBuilder("setpriv", "--pdeathsig", "KILL", "--", "true")
                    .redirectInput(Redirect.from(new java.io.File("/dev/null")))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            if (probe.waitFor(PROBE.toMillis(), TimeUnit.MILLISECONDS)) {
                return probe.exitValue() == 0;
            }
            probe.destroyForcibly();
            return false;
        } catch (IOException e) {
            return false; // there is none
        }
    }

    /**
     * Starts the command with this process's input, outputs and environment. To be called from a thread that stays.
     *
     * @param command the program and its arguments
     * @param variables what to add to its environment
     * @param tied whether {@link #canBeTied()}
     * @param record where the command writes its number first, or null
     * @return the running command
     */
    static CommandProcess start(
            List<String> command, Map<String, String> variables, boolean tied, @Nullable Path record) {
        List<String> line = new ArrayList<>();
        if (tied) {
            line.addAll(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        }
        // The shell's own messages start with its $0.
        line.addAll(List.of("/bin/sh", "-c", SCRIPT, "holdfast"));
        line.add(Long.toString(ProcessHandle.current().pid()));
        line.add(record == null ? "" : record.toString());
        ProcessBuilder builder = new ProcessBuilder().inheritIO();
        builder.environment().putAll(variables);
        List<String> odd = new ArrayList<>();
        builder.environment().forEach((name, value) -> {
            if (!SHELL_NAME.matcher(name).matches()) {
                odd.add(name + "=" + value);
            }
        });
        if (!odd.isEmpty()) {
            line.add("env");
            line.addAll(odd);
        }
        line.addAll(command);
        try {
            return new CommandProcess(builder.command(line).start());
        } catch (IOException e) {
            throw new Failure(ExitCodes.NOT_EXECUTABLE, "cannot start " + command.get(0), e);
        }
    }

    /** Waits for the end of the command, whatever interrupts there are. */
    int exitCode() {
        process.onExit().join();
        return process.exitValue();
    }

    /** Sends a signal, for example {@code INT}. Does nothing when the command has ended. */
    void signal(String name) {
        if (name.equals("TERM")) {
            process.destroy();
        } else if (process.isAlive()) {
            try {
                new ProcessBuilder(
                                "/bin/sh",
                                "-c",
                                "kill -s \"$1\" \"$2\"",
                                "holdfast",
                                name,
                                Long.toString(process.pid()))
                        .redirectInput(Redirect.from(new java.io.File("/dev/null")))
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD)
                        .start();
            } catch (IOException e) {
                process.destroy(); // no shell to send it: the nearest that there is
            }
        }
    }

    /** Asks the command to end, and makes it after the given time. Returns at once. */
    void end(Duration killAfter) {
        if (killAfter.isZero()) {
            process.destroyForcibly();
            return;
        }
        process.destroy();
        CompletableFuture.delayedExecutor(killAfter.toMillis(), TimeUnit.MILLISECONDS)
                .execute(process::destroyForcibly);
    }
}
