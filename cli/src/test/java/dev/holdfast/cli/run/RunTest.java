// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Cli;
import dev.holdfast.cli.console.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command under the lock: what it gets, what it gives back, and who waits for whom. */
final class RunTest {
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

    /** Starts a run whose command has begun when this returns; the command goes on until the file is there. */
    private Cli.Started holder(String name, Path until) {
        Path began = cli.path("began-" + name);
        Cli.Started holder = cli.start(
                "run",
                name,
                "--",
                "sh",
                "-c",
                "echo >\"$1\"; while [ ! -e \"$2\" ]; do sleep 0.02; done",
                "sh",
                began.toString(),
                until.toString());
        Cli.until("the command began", () -> Cli.exists(began));
        return holder;
    }

    @Test
    void exitCode_isTheCommands() {
        assertThat(cli.run("run", "job", "--", "true").code()).isZero();
        assertThat(cli.run("run", "job", "--", "sh", "-c", "exit 42").code()).isEqualTo(42);
    }

    @Test
    void commandThatDiesOfASignal_gives128AndItsNumber() {
        assertThat(cli.run("run", "job", "--", "sh", "-c", "kill -9 $$").code()).isEqualTo(137);
        assertThat(cli.run("run", "job", "--", "sh", "-c", "kill -TERM $$").code())
                .isEqualTo(143);
    }

    @Test
    void unknownCommand_is127AndTakesNoLock() {
        for (String command : List.of("no-such-command-here", "./no-such-command-here")) {
            Cli.Result result = cli.run("run", "job", "--", command);
            assertThat(result.code()).isEqualTo(127);
            assertThat(result.err()).isEqualTo("holdfast: " + command + ": not found\n");
        }
        assertThat(cli.state()).doesNotExist();
    }

    @Test
    void commandThatCannotBeExecuted_is126() throws IOException {
        Path file = Files.writeString(cli.path("data"), "no program");
        assertThat(cli.run("run", "job", "--", file.toString()).code()).isEqualTo(126);
        assertThat(cli.run("run", "job", "--", directory.toString()).code()).isEqualTo(126);
    }

    @Test
    void command_getsInputOutputsArgumentsAndEnvironmentUnchanged() throws IOException {
        Cli.Started run = cli.with("odd.name", "a value")
                .with("PLAIN", "b")
                .start(
                        "run",
                        "a job",
                        "--",
                        "sh",
                        "-c",
                        "cat; echo \"$1|$2|$3|$PLAIN|$HOLDFAST_LOCK|$HOLDFAST_TOKEN\"; tr '\\0' '\\n' </proc/$$/environ | grep ^odd; echo e >&2",
                        "sh",
                        "--verbose",
                        "two words",
                        "@file");
        run.process().getOutputStream().write("input\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        run.process().getOutputStream().close();
        Cli.Result result = run.end();
        assertThat(result.err()).isEqualTo("e\n");
        assertThat(result.out())
                .matches("input\n--verbose\\|two words\\|@file\\|b\\|a job\\|[0-9]{19}\nodd\\.name=a value\n");
    }

    @Test
    void tokens_riseFromRunToRun() {
        String before = "";
        for (int i = 0; i < 3; i++) {
            String token = cli.run("run", "job", "--", "sh", "-c", "echo $HOLDFAST_TOKEN")
                    .out();
            assertThat(token).isGreaterThan(before);
            before = token;
        }
    }

    @Test
    void noWait_onATakenLock_is75AtOnce() throws IOException {
        Path end = cli.path("end");
        Cli.Started holder = holder("job", end);
        Cli.Result busy = cli.run(
                "run", "job", "--no-wait", "--", "touch", cli.path("ran").toString());
        assertThat(busy.code()).isEqualTo(75);
        assertThat(busy.err()).isEqualTo("holdfast: the lock 'job' is not free\n");
        assertThat(cli.path("ran")).doesNotExist();
        assertThat(cli.run("run", "another job", "--no-wait", "--", "true").code())
                .isZero();
        Files.createFile(end);
        assertThat(holder.end().code()).isZero();
        assertThat(cli.run("run", "job", "--no-wait", "--", "true").code()).isZero();
    }

    @Test
    void wait_onATakenLock_is75AfterThatTime() {
        holder("job", cli.path("never"));
        long began = System.nanoTime();
        Cli.Result busy = cli.run("run", "job", "--wait", "500ms", "--", "true");
        assertThat(busy.code()).isEqualTo(75);
        assertThat(busy.err()).contains("not free after 500ms");
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Duration.ofMillis(500), Duration.ofSeconds(30));
    }

    @Test
    void withoutAnOption_waitsUntilTheLockIsFree() throws IOException {
        Path end = cli.path("end");
        Cli.Started first = holder("job", end);
        Cli.Started second = cli.start("run", "job", "--", "sh", "-c", "echo second");
        assertThat(second.ends(Duration.ofSeconds(2))).isFalse();
        Files.createFile(end);
        assertThat(first.end().code()).isZero();
        assertThat(second.end().out()).isEqualTo("second\n");
    }

    @Test
    void atLeast_onFiles_keepsTheLockAfterTheCommand() {
        Path ran = cli.path("ran");
        Cli.Started keeper = cli.start("run", "job", "--at-least", "1h", "--", "sh", "-c", "echo >" + ran + "; exit 7");
        Cli.until("the command ran", () -> Cli.exists(ran));
        assertThat(cli.run("run", "job", "--no-wait", "--", "true").code()).isEqualTo(75);
        keeper.signal("TERM");
        assertThat(keeper.end().code())
                .as("a signal ends it; the command's code stays")
                .isEqualTo(7);
        assertThat(cli.run("run", "job", "--no-wait", "--", "true").code()).isZero();
    }

    @Test
    void lostLock_endsTheCommand() {
        Cli.Result result = cli.run(
                "run",
                "job",
                "-b",
                "file:" + cli.path("locks") + "?max-hold=3s",
                "--",
                "sh",
                "-c",
                "trap 'echo asked; exit 3' TERM; while :; do sleep 0.02; done");
        assertThat(result.code()).isEqualTo(ExitCodes.LOCK_LOST);
        assertThat(result.out()).isEqualTo("asked\n");
        assertThat(result.err()).contains("was lost", "ending it").hasLineCount(1);
    }

    @Test
    void lostLock_killsACommandThatDoesNotEnd() {
        Cli.Result result = cli.run(
                "run",
                "job",
                "-b",
                "file:" + cli.path("locks") + "?max-hold=3s",
                "--kill-after",
                "200ms",
                "--",
                "sh",
                "-c",
                "trap '' TERM; while :; do sleep 0.02; done");
        assertThat(result.code()).isEqualTo(ExitCodes.LOCK_LOST);
    }

    @Test
    void lostLock_withOnLossWarn_isOnlyTold() {
        Path end = cli.path("end");
        Cli.Started run = cli.start(
                "run",
                "job",
                "-b",
                "file:" + cli.path("locks") + "?max-hold=3s",
                "--on-loss",
                "warn",
                "--",
                "sh",
                "-c",
                "while [ ! -e " + end + " ]; do sleep 0.02; done; exit 3");
        Cli.until("it is told", () -> Cli.text(run.err()).contains("was lost"));
        assertThat(cli.run("run", "job", "-b", "file:" + cli.path("locks"), "--", "touch", end.toString())
                        .code())
                .isZero();
        assertThat(run.end().code()).isEqualTo(3);
    }

    @Test
    void storeThatCannotBeUsed_is69() {
        Cli.Result result = cli.run("run", "job", "-b", "file:/proc/locks", "--", "true");
        assertThat(result.code()).isEqualTo(69);
        assertThat(result.err())
                .startsWith("holdfast: ")
                .contains("/proc/locks")
                .hasLineCount(1);
    }

    @Test
    void backend_comesFromTheOptionOrTheEnvironment() {
        Path here = cli.path("here");
        Path there = cli.path("there");
        cli.with("HOLDFAST_URL", "file:" + there);
        assertThat(cli.run("run", "job", "--", "true").code()).isZero();
        assertThat(there).isDirectory();
        assertThat(cli.run("-b", "file:" + here, "run", "job", "--", "true").code())
                .isZero();
        assertThat(here).isDirectory();
        assertThat(cli.state().resolve("holdfast/locks")).doesNotExist();
    }

    @Test
    void withoutSetpriv_warnsAndRuns() throws IOException {
        Path bin = Files.createDirectory(cli.path("bin"));
        Files.createSymbolicLink(bin.resolve("true"), Path.of("/bin/true"));
        Cli.Result result = cli.with("PATH", bin.toString()).run("run", "job", "--", "true");
        assertThat(result.code()).isZero();
        assertThat(result.err()).contains("setpriv").hasLineCount(1);
    }

    @Test
    void afterANormalEnd_noRecordIsLeft() {
        cli.run("run", "job", "--", "true");
        assertThat(cli.state().resolve("holdfast/runs")).isEmptyDirectory();
    }
}
