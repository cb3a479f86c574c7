// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run does about the records of earlier ones. */
final class RunRecordsTest {
    private static final long DEAD = 4_194_305; // above the kernel's highest process number

    @TempDir
    private Path directory;

    private RunRecords records;
    private Process other;

    @BeforeEach
    void setUp() throws IOException {
        records = new RunRecords(directory, "file:/locks", "job");
        other = new ProcessBuilder("sleep", "60").start();
    }

    @AfterEach
    void tearDown() {
        other.destroyForcibly();
    }

    private static String start(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
    }

    /** A record as another run would have left it. */
    private Path recordOf(long runPid, String runStart, String grace, String content) throws IOException {
        Path own = records.open(Duration.ZERO);
        String[] parts = own.getFileName().toString().split("\\.", -1);
        Files.delete(own);
        return Files.writeString(
                directory.resolve(String.join(".", parts[0], parts[1], Long.toString(runPid), runStart, grace)),
                content);
    }

    private String settle(Duration within) throws Exception {
        List<String> told = new ArrayList<>();
        return records.settle(System.nanoTime() + within.toNanos(), told::add);
    }

    @Test
    void deadRun_itsCommandIsEnded() throws Exception {
        Path record = recordOf(DEAD, "1", "5000", other.pid() + " " + start(other.pid()) + "\n");
        assertThat(settle(Cli.PATIENCE)).isNull();
        assertThat(Cli.runs(other.pid())).isFalse();
        assertThat(record).doesNotExist();
    }

    @Test
    void sameNumberButLaterStart_isAnotherProcessAndLives() throws Exception {
        Path record = recordOf(DEAD, "1", "5000", other.pid() + " " + (Long.parseLong(start(other.pid())) - 1) + "\n");
        assertThat(settle(Cli.PATIENCE)).isNull();
        assertThat(other.isAlive()).isTrue();
        assertThat(record).doesNotExist();
    }

    @Test
    void deadRun_thatNeverStartedACommand_isForgotten() throws Exception {
        Path record = recordOf(DEAD, "1", "5000", "");
        assertThat(settle(Cli.PATIENCE)).isNull();
        assertThat(record).doesNotExist();
    }

    @Test
    void recordOfAnEarlierBoot_isForgotten() throws Exception {
        Path record = recordOf(DEAD, "1", "5000", other.pid() + " " + start(other.pid()) + "\n");
        Path old = directory.resolve(record.getFileName().toString().replaceFirst("\\.[0-9a-f]{32}\\.", ".0."));
        Files.move(record, old);
        assertThat(settle(Cli.PATIENCE)).isNull();
        assertThat(other.isAlive()).isTrue();
        assertThat(old).doesNotExist();
    }

    @Test
    void recordOfAnotherLock_isNotTouched() throws Exception {
        Path record = recordOf(DEAD, "1", "5000", other.pid() + " " + start(other.pid()) + "\n");
        assertThat(new RunRecords(directory, "file:/locks", "another job")
                        .settle(System.nanoTime() + Cli.PATIENCE.toNanos(), told -> {}))
                .isNull();
        assertThat(other.isAlive()).isTrue();
        assertThat(record).exists();
    }

    @Test
    void livingRunThatOnlyWarns_keepsItsCommand() throws Exception {
        Process run = new ProcessBuilder("sleep", "60").start();
        try {
            Path record =
                    recordOf(run.pid(), start(run.pid()), "unlimited", other.pid() + " " + start(other.pid()) + "\n");
            assertThat(settle(Cli.PATIENCE)).isNull();
            assertThat(other.isAlive()).isTrue();
            assertThat(record).exists();
        } finally {
            run.destroyForcibly();
        }
    }

    @Test
    void livingRunThatLostItsLock_isGivenItsGraceAndThenItsCommandIsEnded() throws Exception {
        Process run = new ProcessBuilder("sleep", "60").start();
        try {
            recordOf(run.pid(), start(run.pid()), "300", other.pid() + " " + start(other.pid()) + "\n");
            long began = System.nanoTime();
            assertThat(settle(Cli.PATIENCE)).isNull();
            assertThat(System.nanoTime() - began)
                    .isGreaterThan(Duration.ofMillis(1300).toNanos());
            assertThat(Cli.runs(other.pid())).isFalse();
            assertThat(run.isAlive()).isTrue();
        } finally {
            run.destroyForcibly();
        }
    }

    @Test
    void commandThatDoesNotEnd_isToldAtTheDeadline() throws Exception {
        Process run = new ProcessBuilder("sleep", "60").start();
        try {
            recordOf(run.pid(), start(run.pid()), "60000", other.pid() + " " + start(other.pid()) + "\n");
            assertThat(settle(Duration.ofMillis(50))).contains(Long.toString(other.pid()));
            assertThat(other.isAlive()).isTrue();
        } finally {
            run.destroyForcibly();
        }
    }
}
