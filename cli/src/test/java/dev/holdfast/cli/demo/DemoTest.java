// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Cli;
import dev.holdfast.cli.console.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, small. */
final class DemoTest {
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

    /** The columns of the table's row: expected, actual, lost, grants per second, longest wait. */
    private static List<String> row(Cli.Result result, String label) {
        String line = result.out()
                .lines()
                .filter(l -> l.startsWith(label))
                .findFirst()
                .orElseThrow();
        return Stream.of(line.substring(label.length()).strip().split(" {2,}", -1))
                .toList();
    }

    private static long number(String text) {
        return Long.parseLong(text.replace(",", ""));
    }

    private List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("holdfast-demo-"))
                    .toList();
        }
    }

    @Test
    void demo_losesUpdatesWithoutTheLockAndNoneWithIt() throws IOException {
        Cli.Result result = cli.run("demo", "--processes", "2", "--threads", "2", "--increments", "1000");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).contains("2 processes, 2 threads", "pause for 50 us", "no update was lost");
        assertThat(row(result, "no lock").get(0)).isEqualTo("4,000");
        assertThat(number(row(result, "no lock").get(2))).isPositive();
        assertThat(number(row(result, "thread lock only").get(2))).isPositive();
        List<String> locked = row(result, "file: lock");
        assertThat(locked.subList(0, 3)).containsExactly("4,000", "4,000", "0");
        assertThat(number(locked.get(3))).isPositive();
        assertThat(locked.get(4)).matches("[0-9.]+ (us|ms|s)");
        assertThat(leftovers()).isEmpty();
        assertThat(cli.state()).doesNotExist();
    }

    @Test
    void demo_thatTakesAWhile_saysHowFarItIs() {
        Cli.Result result = cli.run("demo", "--processes", "2", "--threads", "4", "--increments", "1500");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err())
                .contains("no lock: starting", "file: lock: starting")
                .doesNotContain("\r");
        assertThat(number(row(result, "file: lock").get(2))).isZero();
    }

    @Test
    void demo_onMemory_isForOneProcess() {
        Cli.Result result =
                cli.run("demo", "-b", "memory:", "--processes", "1", "--threads", "2", "--increments", "100");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(row(result, "memory: lock").get(2)).isEqualTo("0");
        assertThat(result.out()).contains("only one process");
    }

    @Test
    void killedDemo_leavesNoProcessAndTheNextOneWorks() {
        Cli.Started demo = cli.start("demo", "--processes", "2", "--threads", "2", "--increments", "100000");
        List<ProcessHandle> workers = workers(demo);
        demo.kill();
        Cli.until("the workers are gone", () -> workers.stream().noneMatch(worker -> Cli.runs(worker.pid())));
        assertThat(cli.run("demo", "--processes", "1", "--threads", "1", "--increments", "10")
                        .code())
                .isZero();
    }

    @Test
    void interruptedDemo_cleansUp() throws IOException {
        Cli.Started demo = cli.start("demo", "--processes", "2", "--threads", "2", "--increments", "100000");
        List<ProcessHandle> workers = workers(demo);
        demo.signal("INT");
        Cli.Result result = demo.end();
        assertThat(result.code()).isEqualTo(130);
        assertThat(result.err()).doesNotContain("holdfast:");
        assertThat(workers).noneMatch(worker -> Cli.runs(worker.pid()));
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void deadWorker_isAFailure() throws IOException {
        Cli.Started demo = cli.start("demo", "--processes", "2", "--threads", "2", "--increments", "100000");
        workers(demo).get(0).destroyForcibly();
        Cli.Result result = demo.end();
        assertThat(result.code()).isEqualTo(ExitCodes.FAILURE);
        assertThat(result.err()).contains("ended unexpectedly");
        assertThat(leftovers()).isEmpty();
    }

    private static List<ProcessHandle> workers(Cli.Started demo) {
        Cli.until("two workers", () -> demo.process().children().count() == 2);
        Cli.until("they count", () -> Cli.text(demo.err()).contains("no lock"));
        return demo.process().children().toList();
    }
}
