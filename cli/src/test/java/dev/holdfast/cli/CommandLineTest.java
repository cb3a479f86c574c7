// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.console.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command says of itself, and of a wrong command line. */
final class CommandLineTest {
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

    @Test
    void help_namesCommandsAndExitCodes() {
        Cli.Result help = cli.run("--help");
        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains(
                        "run ",
                        "inspect ",
                        "list ",
                        "release ",
                        "demo ",
                        "--backend",
                        "HOLDFAST_URL",
                        "69 ",
                        "75 ",
                        "76 ",
                        "126 ",
                        "127 ",
                        "128+n");
        assertThat(help.out()).doesNotContain("demo-worker");
        assertThat(help.err()).isEmpty();
    }

    @Test
    void helpOfRun_namesEveryOption() {
        Cli.Result help = cli.run("run", "--help");
        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains(
                        "--wait",
                        "--no-wait",
                        "--lease",
                        "--at-least",
                        "--on-loss",
                        "--kill-after",
                        "--backend",
                        "--verbose")
                .contains("setpriv", "HOLDFAST_TOKEN", "HOLDFAST_LOCK", "-- COMMAND", "75 ", "76 ");
    }

    @Test
    void helpOfDemo_namesEveryOption() {
        Cli.Result help = cli.run("demo", "--help");
        assertThat(help.code()).isZero();
        assertThat(help.out()).contains("--processes", "--threads", "--increments", "--backend", "pause");
    }

    @Test
    void helpOfTheOperatorsCommands_namesOptionsAndExitCodes() {
        assertThat(cli.run("inspect", "--help").out()).contains("NAME", "--json", "--backend", "3 ", "69 ");
        assertThat(cli.run("list", "--help").out()).contains("PREFIX", "--json", "--backend", "69 ");
        assertThat(cli.run("release", "--help").out())
                .contains("NAME", "--force", "--now", "--backend", "3 ", "69 ", "file:");
    }

    @Test
    void help_fitsATerminalOf80Columns() {
        for (String text : List.of(
                cli.run("--help").out(),
                cli.run("run", "--help").out(),
                cli.run("inspect", "--help").out(),
                cli.run("list", "--help").out(),
                cli.run("release", "--help").out(),
                cli.run("demo", "--help").out(),
                cli.run("torture", "--help").out())) {
            assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        }
    }

    @Test
    void version_isTheBuilds() {
        Cli.Result version = cli.run("--version");
        assertThat(version.code()).isZero();
        assertThat(version.out()).matches("holdfast \\d\\S*\\R");
    }

    @Test
    void help_intoAPipeThatNobodyReads_endsQuietly() {
        Cli.Result result = cli.startLine(List.of(
                        "sh",
                        "-c",
                        "\"$0\" -cp \"$1\" dev.holdfast.cli.Main --help | true",
                        System.getProperty("java.home") + "/bin/java",
                        System.getProperty("java.class.path")))
                .end();
        assertThat(result.err()).isEmpty();
    }

    static List<List<String>> wrongCommandLines() {
        String longName = "n".repeat(1025);
        return List.of(
                List.of("Missing command"),
                List.of("frob", "frob"),
                List.of("--frob", "run", "--frob", "job", "--", "true"),
                List.of("no command", "run", "job"),
                List.of("no command behind --", "run", "job", "--"),
                List.of("no -- before the command", "run", "job", "true"),
                List.of("'true' stands before --", "run", "job", "true", "--", "false"),
                List.of("name of a lock", "run", "--", "true"),
                List.of("1 to 1,024 bytes", "run", "", "--", "true"),
                List.of("1 to 1,024 bytes", "run", longName, "--", "true"),
                List.of("--wait", "run", "job", "--wait", "soon", "--", "true"),
                List.of("--wait", "run", "job", "--wait", "-1s", "--", "true"),
                List.of("--wait", "run", "job", "--wait", "5", "--", "true"),
                List.of("mutually exclusive", "run", "job", "--wait", "5s", "--no-wait", "--", "true"),
                List.of("--lease", "run", "job", "--lease", "1ms", "--", "true"),
                List.of("--at-least", "run", "job", "--at-least", "900d", "--", "true"),
                List.of("--on-loss", "run", "job", "--on-loss", "panic", "--", "true"),
                List.of("--kill-after", "run", "job", "--kill-after", "x", "--", "true"),
                List.of("is empty", "run", "job", "--", ""),
                List.of("memory:", "run", "job", "-b", "memory:", "--", "true"),
                List.of("nosuch", "run", "job", "-b", "nosuch:thing", "--", "true"),
                List.of("Missing required parameter", "inspect"),
                List.of("1 to 1,024 bytes", "inspect", ""),
                List.of("1 to 1,024 bytes", "inspect", longName),
                List.of("other", "inspect", "job", "other"),
                List.of("memory:", "inspect", "job", "-b", "memory:"),
                List.of("nosuch", "inspect", "job", "-b", "nosuch:thing"),
                List.of("at most 1,024 bytes", "list", longName),
                List.of("other", "list", "job", "other"),
                List.of("memory:", "list", "-b", "memory:group"),
                List.of("nosuch", "list", "-b", "nosuch:thing"),
                List.of("Missing required parameter", "release", "--force"),
                List.of("--force", "release", "job"),
                List.of("--force", "release", "job", "--now"),
                List.of("1 to 1,024 bytes", "release", "", "--force"),
                List.of("memory:", "release", "job", "--force", "-b", "memory:"),
                List.of("--frob", "release", "job", "--force", "--frob"),
                List.of("nosuch", "demo", "-b", "nosuch:thing"),
                List.of("--processes", "demo", "--processes", "0"),
                List.of("--threads", "demo", "--threads", "1000"),
                List.of("--increments", "demo", "--increments", "-3"),
                List.of("--increments", "demo", "--increments", "many"),
                List.of("by design", "demo", "-b", "memory:"));
    }

    @ParameterizedTest
    @MethodSource("wrongCommandLines")
    void wrongCommandLine_isToldInOneLineAndMakesNothing(List<String> messageAndArguments) {
        Cli.Result result = cli.run(
                messageAndArguments.subList(1, messageAndArguments.size()).toArray(String[]::new));
        assertThat(result.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("holdfast: ").contains(messageAndArguments.get(0));
        assertThat(result.err().lines()).hasSize(1);
        assertThat(cli.state()).doesNotExist();
    }

    @Test
    void verbose_showsTheStackTrace() {
        assertThat(cli.run("run", "job", "--verbose", "-b", "nosuch:thing", "--", "true")
                        .err())
                .startsWith("holdfast: ")
                .contains("\tat dev.holdfast.");
        assertThat(cli.run("--verbose", "run", "job").err()).contains("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX"})
    void argumentThatTheLocaleCannotRead_isRefused(String locale) {
        // Otherwise two different names would become one, and the command would get another argument.
        Cli.Result result = cli.with("LC_ALL", locale)
                .startLine(List.of(
                        "sh",
                        "-c",
                        "exec \"$0\" -cp \"$1\" dev.holdfast.cli.Main run \"$(printf 'm\\303\\274')\" -- true",
                        System.getProperty("java.home") + "/bin/java",
                        System.getProperty("java.class.path")))
                .end();
        assertThat(result.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(result.err()).contains("locale", "LC_ALL");
    }

    @Test
    void stateDirectoryThatCannotBeMade_isTold() throws Exception {
        Files.writeString(cli.state(), "a file is in the way");
        Cli.Result result = cli.run("run", "job", "--", "true");
        assertThat(result.code()).isEqualTo(ExitCodes.CANNOT_CREATE);
        assertThat(result.err())
                .contains(cli.state().toString(), "XDG_STATE_HOME")
                .doesNotContain("\tat ");
    }
}
