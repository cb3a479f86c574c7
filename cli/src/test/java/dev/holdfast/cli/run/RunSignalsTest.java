// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Cli;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals to {@code run}, kind and unkind. */
final class RunSignalsTest {
    @TempDir
    private Path directory;

    private Cli cli;

    @BeforeEach
    void setUp() {
        cli = new Cli(directory);
    }

    @AfterEach
    void tearDown() {
        cli.close();
    }

    private static long pid(Path file) {
        Cli.until("the command began", () -> Cli.exists(file));
        return Long.parseLong(Cli.text(file).strip());
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
    void signal_reachesTheCommand(String signal, int code) {
        Path began = cli.path("began");
        Cli.Started run = cli.start("run", "job", "--", "sh", "-c", "echo $$ >" + began + "; exec sleep 60");
        pid(began);
        run.signal(signal);
        assertThat(run.end().code()).isEqualTo(code);
        assertThat(cli.run("run", "job", "--no-wait", "--", "true").code()).isZero();
    }

    @Test
    void commandThatCleansUp_isWaitedForUnderTheLock() {
        Path began = cli.path("began");
        Path end = cli.path("end");
        Cli.Started run = cli.start(
                "run",
                "job",
                "--",
                "sh",
                "-c",
                "trap 'echo cleaning; while [ ! -e " + end + " ]; do sleep 0.02; done; exit 5' TERM; echo $$ >" + began
                        + "; while :; do sleep 0.02; done");
        pid(began);
        run.signal("TERM");
        Cli.until("it cleans up", () -> Cli.text(run.out()).equals("cleaning\n"));
        assertThat(cli.run("run", "job", "--no-wait", "--", "true").code()).isEqualTo(75);
        cli.run("run", "other", "--", "touch", end.toString());
        assertThat(run.end().code()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void waitingRun_endsWithItsSignal(String signal, int code) {
        Path began = cli.path("began");
        cli.start("run", "job", "--", "sh", "-c", "echo $$ >" + began + "; exec sleep 60");
        pid(began);
        Cli.Started waiting = cli.start("run", "job", "--", "true");
        Cli.until("it waits", () -> new ThreadsOf(waiting.process().pid()).wait("locks"));
        waiting.signal(signal);
        assertThat(waiting.end().code()).isEqualTo(code);
    }

    @Test
    void waitingRun_killed_leavesTheLockAsItWas() {
        Path began = cli.path("began");
        Cli.Started holder = cli.start("run", "job", "--", "sh", "-c", "echo $$ >" + began + "; exec sleep 60");
        pid(began);
        Cli.Started waiting = cli.start("run", "job", "--", "true");
        Cli.until("it waits", () -> new ThreadsOf(waiting.process().pid()).wait("locks"));
        waiting.kill();
        assertThat(cli.run("run", "job", "--no-wait", "--", "true").code()).isEqualTo(75);
        holder.signal("TERM");
        holder.end();
        assertThat(cli.run("run", "job", "--no-wait", "--", "true").code()).isZero();
    }

    /** The children of both tests are checked by the next command itself, at its very beginning. */
    @Test
    void killedRun_itsCommandIsGoneBeforeTheNextOneStarts() {
        for (int i = 0; i < 30; i++) {
            killAndRunNext("began-" + i, List.of());
        }
    }

    @Test
    void killedRun_withoutTheParentDeathSignal_theNextRunEndsItsCommand() throws IOException {
        Path bin = java.nio.file.Files.createDirectory(cli.path("bin"));
        for (String program : List.of("sh", "sleep", "cat")) {
            java.nio.file.Files.createSymbolicLink(bin.resolve(program), Path.of("/bin", program));
        }
        cli.with("PATH", bin.toString());
        for (int i = 0; i < 5; i++) {
            killAndRunNext("began-" + i, List.of("setpriv"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POSIX_SPAWN", "VFORK", "FORK"})
    void killedRun_endsItsCommand_withEveryLaunchMechanismOfTheJdk(String mechanism) {
        cli.with("JAVA_TOOL_OPTIONS", "-Djdk.lang.Process.launchMechanism=" + mechanism);
        Path began = cli.path("began");
        Cli.Started run = cli.start("run", "job", "--", "sh", "-c", "echo $$ >" + began + "; exec sleep 60");
        long child = pid(began);
        assertThat(Cli.runs(child)).isTrue();
        run.kill();
        Cli.until("the command is gone", () -> !Cli.runs(child));
    }

    @Test
    void killedRun_atAnyMomentOfItsStart_leavesNoCommand() {
        Path pids = cli.path("pids");
        for (int i = 0; i < 20; i++) {
            Cli.Started run = cli.start("run", "job", "--", "sh", "-c", "echo $$ >>" + pids + "; exec sleep 60");
            // The record is there just before the command is started; from then on every kill is a bit later.
            Cli.until("it starts its command", () -> records() > 0);
            long end = System.nanoTime() + i * 400_000L;
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            run.kill();
            Cli.Result next = cli.run("run", "job", "--no-wait", "--", "true");
            assertThat(next.code()).as(next.err()).isZero();
            assertThat(records()).isZero();
            assertThat(java.nio.file.Files.exists(pids) ? Cli.text(pids).lines() : java.util.stream.Stream.<String>of())
                    .noneMatch(pid -> Cli.runs(Long.parseLong(pid)));
        }
    }

    private int records() {
        String[] records = cli.state().resolve("holdfast/runs").toFile().list();
        return records == null ? 0 : records.length;
    }

    @Test
    void controlC_inATerminal_reachesTheCommandOnce() throws IOException {
        Path began = cli.path("began");
        String command = "trap 'echo interrupted' INT; echo $$ >" + began + "; while [ ! -e " + cli.path("end")
                + " ]; do sleep 0.02; done; exit 9";
        Cli.Started terminal = cli.with("COMMAND", command)
                .with("SHELL", "/bin/sh")
                .startLine(List.of(
                        "script",
                        "-qec",
                        // The shell must not stay in between: one without a trap would die of Ctrl-C itself.
                        "exec " + System.getProperty("java.home") + "/bin/java -cp '"
                                + System.getProperty("java.class.path")
                                + "' dev.holdfast.cli.Main run job -- sh -c \"$COMMAND\"",
                        "/dev/null"));
        pid(began);
        terminal.process().getOutputStream().write(3);
        terminal.process().getOutputStream().flush();
        Cli.until("it was interrupted", () -> Cli.text(terminal.out()).contains("interrupted"));
        // Until the one that should not come would have come: it takes as long as starting another process.
        cli.run("run", "another job", "--", "touch", cli.path("end").toString());
        Cli.Result result = terminal.end();
        assertThat(result.code()).isEqualTo(9);
        assertThat(result.out()).containsOnlyOnce("interrupted");
    }

    private void killAndRunNext(String name, List<String> warnings) {
        Path began = cli.path(name);
        Cli.Started run = cli.start("run", "job", "--", "sh", "-c", "echo $$ >" + began + "; exec sleep 60");
        long child = pid(began);
        Cli.Started next = cli.start(
                "run",
                "job",
                "--",
                "sh",
                "-c",
                "read -r _ _ state _ 2>/dev/null </proc/" + child + "/stat && [ \"$state\" != Z ] && exit 9; exit 0");
        if (child % 2 == 0) {
            // Both orders: the next one stands in line already, or comes later.
            Cli.until("it waits", () -> new ThreadsOf(next.process().pid()).wait("locks"));
        }
        run.kill();
        Cli.Result result = next.end();
        assertThat(result.code())
                .as("9: the old command still ran; %s", result.err())
                .isZero();
        warnings.forEach(warning -> assertThat(result.err()).contains(warning));
        assertThat(Cli.runs(child)).isFalse();
    }

    /** What a run waits for. */
    private record ThreadsOf(long pid) {
        /** Whether the process has a file open below a directory of that name: it has got as far as its store. */
        boolean wait(String name) {
            try (var files = java.nio.file.Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
                for (Path file : files) {
                    if (java.nio.file.Files.isSymbolicLink(file)
                            && java.nio.file.Files.readSymbolicLink(file)
                                    .toString()
                                    .contains("/" + name + "/")) {
                        return true;
                    }
                }
            } catch (IOException | java.nio.file.DirectoryIteratorException e) {
                return false; // a descriptor that was closed meanwhile
            }
            return false;
        }
    }
}
