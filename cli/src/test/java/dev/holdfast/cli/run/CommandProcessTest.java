// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Cli;
import dev.holdfast.cli.console.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell that stands before the command, at the moments that cannot be met on purpose from outside. */
final class CommandProcessTest {
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

    private Cli.Result script(long parent, String record, String... command) {
        List<String> line = new ArrayList<>(
                List.of("/bin/sh", "-c", CommandProcess.SCRIPT, "holdfast", Long.toString(parent), record));
        line.addAll(List.of(command));
        return cli.startLine(line).end();
    }

    @Test
    void parentThatDiedBeforeTheSignalWasArmed_nothingRuns() {
        Cli.Result result = script(
                ProcessHandle.current().pid() + 1, "", "touch", cli.path("ran").toString());
        assertThat(result.code()).isEqualTo(ExitCodes.LOCK_LOST);
        assertThat(cli.path("ran")).doesNotExist();
    }

    @Test
    void recordThatTheNextRunRemoved_nothingRuns() {
        Path record = cli.path("record");
        Cli.Result result = script(
                ProcessHandle.current().pid(),
                record.toString(),
                "touch",
                cli.path("ran").toString());
        assertThat(result.code()).isEqualTo(ExitCodes.LOCK_LOST);
        assertThat(cli.path("ran")).doesNotExist();
        assertThat(record).doesNotExist();
    }

    @Test
    void record_namesTheProcessThatBecomesTheCommand() throws Exception {
        Path record = Files.createFile(cli.path("record"));
        Cli.Result result = script(
                ProcessHandle.current().pid(),
                record.toString(),
                "sh",
                "-c",
                "read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ start _ </proc/$$/stat; echo \"$$ $start\"");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(Cli.text(record)).isEqualTo(result.out()).matches("\\d+ \\d+\n");
    }

    @Test
    void missingCommand_hasTheShellsMessageAndCode() {
        Cli.Result result = script(ProcessHandle.current().pid(), "", "no-such-command-here");
        assertThat(result.code()).isEqualTo(127);
        assertThat(result.err()).startsWith("holdfast: ").contains("no-such-command-here");
    }
}
