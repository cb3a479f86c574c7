// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.trials.history.History;
import dev.holdfast.trials.history.Verdict;
import dev.holdfast.trials.process.WorkerProcess;
import dev.holdfast.trials.torture.CheckedRegister;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four processes with four threads each, in peace: a probe inside, a plain counter, and the history. */
final class FileExclusionTest {
    private static final int PROCESSES = 4;
    private static final int THREADS = 4;
    private static final int TIMES = 100;

    @TempDir
    Path directory;

    @Test
    void threadsOfManyProcesses_areNeverTwoInside() throws Exception {
        Path histories = Files.createDirectory(directory.resolve("histories"));
        Path register = directory.resolve("register");
        List<WorkerProcess> workers = new ArrayList<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                workers.add(WorkerProcess.start(
                        ExclusionWorker.class,
                        "file:" + directory.resolve("locks"),
                        histories.toString(),
                        register.toString(),
                        Integer.toString(THREADS),
                        Integer.toString(TIMES)));
            }
            for (WorkerProcess worker : workers) {
                assertThat(worker.hear()).isEqualTo("ready");
            }
            for (WorkerProcess worker : workers) {
                worker.tell("go");
            }
            for (WorkerProcess worker : workers) {
                assertThat(worker.hear()).isEqualTo("met 0");
            }
        } finally {
            workers.forEach(WorkerProcess::close);
        }
        long entries = (long) PROCESSES * THREADS * TIMES;
        assertThat(CheckedRegister.open(register).read())
                .as("a plain counter of %s entries", entries)
                .isEqualTo(entries);
        Verdict verdict = Verdict.of(History.in(histories));
        assertThat(verdict.isGood()).as("%s", verdict).isTrue();
        assertThat(verdict.rawOverlaps()).isZero();
        assertThat(verdict.holds()).isEqualTo(entries);
        assertThat(verdict.locks().get(0).accepted()).isEqualTo(entries);
        assertThat(verdict.locks().get(0).fairness().workers()).isEqualTo(PROCESSES * THREADS);
    }
}
