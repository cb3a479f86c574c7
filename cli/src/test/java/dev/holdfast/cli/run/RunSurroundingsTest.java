// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Cli;
import dev.holdfast.cli.console.ExitCodes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} in a pipe, without an environment, and in a terminal with job control. */
final class RunSurroundingsTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final String HOLDFAST =
            "\"$JAVA\" " + Cli.QUIET + " -XX:TieredStopAtLevel=1 -cp \"$CP\" dev.holdfast.cli.Main";

    @TempDir
    private Path directory;

    private Cli cli;

    @BeforeEach
    void setUp() {
        cli = new Cli(directory).with("JAVA", JAVA).with("CP", System.getProperty("java.class.path"));
    }

    @AfterEach
    void tearDown() {
        cli.close();
    }

    private Cli.Result shell(String script) {
        return cli.startLine(List.of("sh", "-c", script)).end();
    }

    @Test
    void inTheMiddleOfAPipe_passesWhatItGets() {
        Cli.Result result = shell("printf 'a\\nb\\n' | " + HOLDFAST + " run job -- cat | head -n 1");
        assertThat(result).isEqualTo(new Cli.Result(0, "a\n", ""));
    }

    @Test
    void pipeThatIsClosed_endsTheCommandAsWithoutHoldfast() {
        String plain = shell("{ yes; echo $? >&2; } | head -n 1").err();
        Cli.Result locked = shell("{ " + HOLDFAST + " run job -- yes; echo $? >&2; } | head -n 1");
        assertThat(locked).isEqualTo(new Cli.Result(0, "y\n", plain));
        assertThat(cli.run("run", "job", "--no-wait", "--", "true").code())
                .as("the lock was given back")
                .isZero();
    }

    @Test
    void commandThatReadsItsInput_leavesTheRestToTheNext() {
        Cli.Result result =
                shell("printf 'a\\nb\\n' | { " + HOLDFAST + " run job -- sh -c 'read -r x; echo \"got $x\"'; cat; }");
        assertThat(result).isEqualTo(new Cli.Result(0, "got a\nb\n", ""));
    }

    @Test
    void withoutAnyEnvironment_works() {
        Cli.Result result = shell("exec env -i XDG_STATE_HOME=\"$XDG_STATE_HOME\" " + HOLDFAST
                + " run job -- sh -c 'echo \"$HOLDFAST_LOCK\"' </dev/null");
        assertThat(result).isEqualTo(new Cli.Result(0, "job\n", ""));
    }

    @Test
    void withoutAHome_isToldWhatToSet() {
        // ? is what Java makes of a user without a home.
        String nowhere =
                "exec env -i PATH=\"$PATH\" \"$JAVA\" -Duser.home=? -cp \"$CP\" dev.holdfast.cli.Main run job ";
        Cli.Result result = shell(nowhere + "-- true");
        assertThat(result.code()).isEqualTo(ExitCodes.CANNOT_CREATE);
        assertThat(result.err())
                .startsWith("holdfast: this user has no home")
                .contains("XDG_STATE_HOME", "HOLDFAST_URL")
                .hasLineCount(1);
        Cli.Result elsewhere = shell(nowhere + "-b 'file:" + cli.path("locks") + "' -- echo done");
        assertThat(elsewhere.code()).isZero();
        assertThat(elsewhere.out()).isEqualTo("done\n");
        assertThat(elsewhere.err())
                .contains("no record of this run can be kept")
                .hasLineCount(1);
    }

    @Test
    void controlZ_stopsTheCommandUnderTheLock_andFgGoesOn() throws IOException {
        Path began = cli.path("began");
        Path resume = cli.path("resume");
        Path end = cli.path("end");
        Cli.Started terminal = cli.with("BEGAN", began.toString())
                .with("RESUME", resume.toString())
                .with("END", end.toString())
                .with("COMMAND", "echo $$ >\"$BEGAN\"; while [ ! -e \"$END\" ]; do sleep 0.02; done; exit 9")
                .with(
                        "JOBS",
                        "set -m; " + HOLDFAST + " run job -- sh -c \"$COMMAND\"; echo \"stopped $?\";"
                                + " while [ ! -e \"$RESUME\" ]; do sleep 0.02; done; fg; echo \"ended $?\"")
                .startLine(List.of("script", "-qec", "exec sh -c \"$JOBS\"", "/dev/null"));
        Cli.until("the command began", () -> Cli.exists(began));
        long command = Long.parseLong(Cli.text(began).strip());
        OutputStream keys = terminal.process().getOutputStream();
        keys.write(26);
        keys.flush();
        Cli.until(
                "the shell sees its job stopped", () -> Cli.text(terminal.out()).contains("stopped 148"));
        Cli.until("the command is stopped", () -> state(command).equals("T"));
        assertThat(cli.run("run", "job", "--no-wait", "--", "true").code())
                .as("the lock is kept")
                .isEqualTo(ExitCodes.NOT_FREE);
        Files.createFile(resume);
        Cli.until("the command goes on", () -> !state(command).equals("T"));
        Files.createFile(end);
        assertThat(terminal.end().out()).contains("ended 9");
        assertThat(cli.run("run", "job", "--no-wait", "--", "true").code()).isZero();
    }

    private static String state(long pid) {
        String stat = Cli.text(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    }
}
