// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.trials.process.WorkerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program says of a history, and how it exits. */
final class CheckHistoryTest {
    @TempDir
    Path directory;

    private HistoryRecorder recorder;

    @BeforeEach
    void open() throws IOException {
        recorder = HistoryRecorder.in(directory);
    }

    private String lastLineOfExit(int code) throws IOException {
        try (WorkerProcess program = WorkerProcess.start(CheckHistory.class, directory.toString())) {
            assertThat(program.exitCode(Duration.ofSeconds(30))).isEqualTo(code);
            String last = "";
            while (code != 2 && !last.matches("(GOOD|BAD):.*")) {
                last = program.hear();
            }
            return last;
        }
    }

    @Test
    void goodHistory_exitsWith0() throws Exception {
        RecordedHold first = recorder.acquiring("a").granted(1, Long.MAX_VALUE);
        first.releasing().done();
        recorder.trying("a").granted(2, Long.MAX_VALUE).releasing().done();
        assertThat(lastLineOfExit(0)).startsWith("GOOD: 2 holds, 0 overlaps by contract");
    }

    @Test
    void overlap_exitsWith1() throws Exception {
        RecordedHold first = recorder.acquiring("a").granted(1, Long.MAX_VALUE);
        recorder.trying("a").granted(2, Long.MAX_VALUE).releasing().done();
        first.releasing().done();
        assertThat(lastLineOfExit(1)).startsWith("BAD: 2 holds, 1 overlaps by contract");
    }

    @Test
    void historyWithoutAHold_exitsWith2() throws Exception {
        recorder.acquiring("a").failed();
        assertThat(lastLineOfExit(2)).isEmpty();
    }
}
