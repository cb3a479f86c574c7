// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.trials.process.WorkerProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written is read, whatever happened to the writer. */
final class HistoryRecorderTest {
    @TempDir
    Path directory;

    private List<Operation> operations() throws IOException {
        return History.in(directory).processes().get(0).operations();
    }

    private Path file() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    void operations_areReadAsTheyWereWritten() throws Exception {
        HistoryRecorder recorder = HistoryRecorder.in(directory);
        long before = System.nanoTime();
        RecordedHold hold = recorder.acquiring("a/ä").granted(7, 123);
        hold.using().failed();
        hold.lost();
        hold.releasing().unknown();
        recorder.trying("b").failed();
        recorder.stopping(4_711).done();
        recorder.acquiring("b");
        long after = System.nanoTime();
        List<Operation> all = operations();
        assertThat(all)
                .extracting(Operation::kind)
                .containsExactly(Kind.ACQUIRE, Kind.USE, Kind.LOST, Kind.RELEASE, Kind.TRY, Kind.STOPPED, Kind.ACQUIRE);
        assertThat(all)
                .extracting(Operation::outcome)
                .containsExactly(
                        Outcome.OK,
                        Outcome.FAIL,
                        Outcome.OK,
                        Outcome.UNKNOWN,
                        Outcome.FAIL,
                        Outcome.OK,
                        Outcome.UNKNOWN);
        assertThat(all).extracting(Operation::lockName).containsExactly("a/ä", "a/ä", "a/ä", "a/ä", "b", "", "b");
        assertThat(all)
                .allMatch(each -> each.pid() == ProcessHandle.current().pid()
                        && each.callNanos() >= before
                        && each.callNanos() <= after
                        && each.callNanos() <= each.returnNanos());
        assertThat(all.get(0).token()).isEqualTo(7);
        assertThat(all.get(0).validUntilNanos()).isEqualTo(123);
        assertThat(all.subList(1, 4)).allMatch(each -> each.hold() == all.get(0).slot());
        assertThat(all.get(5).subject()).isEqualTo(4_711);
        assertThat(all.get(6).hasReturned()).isFalse();
        assertThat(History.in(directory).torn()).isZero();
    }

    @Test
    void names_ofAnyLength_areKept() throws Exception {
        HistoryRecorder recorder = HistoryRecorder.in(directory);
        List<String> names = new ArrayList<>();
        for (int length = 1; length <= 1_024; length++) {
            names.add("n".repeat(length));
            recorder.trying("n".repeat(length)).failed();
        }
        assertThat(operations()).extracting(Operation::lockName).containsExactlyElementsOf(names);
    }

    @Test
    void lease_ofALock_isWrittenWithItsDeadline() throws Exception {
        HistoryRecorder recorder = HistoryRecorder.in(directory);
        try (Holdfast locks = Holdfast.open("memory:")) {
            RecordedCall call = recorder.acquiring("endless");
            try (Lease lease = locks.lock("endless").acquire()) {
                call.granted(lease);
            }
            LockOptions options = LockOptions.defaults().withMaxHold(Duration.ofSeconds(20));
            call = recorder.acquiring("bounded");
            Lease lease = locks.lock("bounded", options).acquire();
            RecordedHold hold = call.granted(lease);
            long remaining = lease.remaining().toNanos();
            long latest = System.nanoTime() + remaining;
            assertThat(hold.isHeld(lease)).isTrue();
            lease.release();
            assertThat(hold.isHeld(lease)).isFalse();
            List<Operation> all = operations();
            assertThat(all.get(0).validUntilNanos()).isEqualTo(Long.MAX_VALUE);
            assertThat(all.get(1).validUntilNanos())
                    .isLessThanOrEqualTo(latest)
                    .isGreaterThan(latest - Duration.ofSeconds(10).toNanos());
            assertThat(all.get(2).outcome()).isEqualTo(Outcome.OK);
            assertThat(all.get(2).validUntilNanos()).isGreaterThan(all.get(2).callNanos());
            assertThat(all.get(3).outcome()).isEqualTo(Outcome.FAIL);
        }
    }

    @Test
    void manyThreads_writeOverTheEndOfAPiece_nothingIsLost() throws Exception {
        HistoryRecorder recorder = HistoryRecorder.in(directory);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String name = "n" + i;
            Thread thread = new Thread(() -> {
                Thread.currentThread().interrupt();
                for (long token = 1; token <= 20_000; token++) {
                    recorder.acquiring(name).granted(token, 0);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(tokensInARow(History.in(directory)).values()).hasSize(8).allMatch(last -> last == 20_000);
        assertThat(History.in(directory).torn()).isZero();
    }

    /** The last token of each name, after a check that none is missing before. */
    private static Map<String, Long> tokensInARow(History history) {
        Map<String, Long> last = new HashMap<>();
        for (Operation each : history.operations(Kind.ACQUIRE)) {
            if (each.outcome() == Outcome.OK) {
                assertThat(each.token()).isEqualTo(last.getOrDefault(each.lockName(), 0L) + 1);
                last.put(each.lockName(), each.token());
            }
        }
        return last;
    }

    @Test
    void processIsKilled_whatItWroteIsThere() throws Exception {
        Map<String, Long> said = new HashMap<>();
        try (WorkerProcess worker = WorkerProcess.start(WritingWorker.class, directory.toString())) {
            for (int i = 0; i < 200; i++) {
                String[] words = worker.hear().split(" ", -1);
                said.put(words[0], Long.parseLong(words[1]));
            }
            worker.kill();
        }
        History history = History.in(directory);
        assertThat(history.torn()).isLessThanOrEqualTo(WritingWorker.THREADS);
        Map<String, Long> last = tokensInARow(history);
        assertThat(said).isNotEmpty();
        said.forEach((name, token) -> assertThat(last.get(name)).isGreaterThanOrEqualTo(token));
    }

    @Test
    void recordTornInTheCall_isLeftOutAndCounted() throws Exception {
        HistoryRecorder recorder = HistoryRecorder.in(directory);
        recorder.trying("a").failed();
        recorder.trying("a").failed();
        damage(operations().get(1).slot(), 8);
        assertThat(operations()).hasSize(1);
        assertThat(History.in(directory).torn()).isOne();
    }

    @Test
    void recordTornInTheReturn_hasNotReturned() throws Exception {
        HistoryRecorder recorder = HistoryRecorder.in(directory);
        recorder.trying("a").granted(5, 6);
        damage(operations().get(0).slot(), 48);
        Operation torn = operations().get(0);
        assertThat(torn.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(torn.hasReturned()).isFalse();
        assertThat(torn.token()).isZero();
        assertThat(History.in(directory).torn()).isOne();
    }

    private void damage(int slot, int offset) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "rw")) {
            long at = (long) slot * Layout.RECORD + offset;
            file.seek(at);
            byte old = file.readByte();
            file.seek(at);
            file.writeByte(old + 1);
        }
    }

    @Test
    void processKilledWhileItBeganItsHistory_hasNone() throws Exception {
        Files.write(directory.resolve("1-1" + HistoryRecorder.SUFFIX + ".begun"), new byte[0]);
        HistoryRecorder.in(directory);
        assertThat(History.in(directory).processes()).hasSize(1);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).as("no half of the other one").hasSize(2);
        }
    }

    @Test
    void fileOfAnotherKind_isRefused() throws Exception {
        assertThatThrownBy(() -> History.in(directory)).hasMessageContaining("no file of a history");
        Files.write(
                directory.resolve("x" + HistoryRecorder.SUFFIX),
                "something else entirely".repeat(8).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> History.in(directory)).hasMessageContaining("is no history");
    }

    /** Processor time of this thread, so that other processes do not count; and the best of some rounds, because they share its caches. */
    @Test
    void event_costsLessThanAMicrosecond() throws Exception {
        HistoryRecorder recorder = HistoryRecorder.in(directory);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        int operations = 50_000;
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 10; round++) {
            long start = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < operations; i++) {
                recorder.trying("job").failed();
            }
            best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
        }
        // A call and a return are two events.
        assertThat((double) best / (2 * operations)).as("nanoseconds").isLessThan(1_000);
    }

    @Test
    void processKilledBeforeItsFirstWord_isNoReasonToGiveUpTheOthers() throws IOException {
        HistoryRecorder recorder = HistoryRecorder.in(directory);
        recorder.acquiring("job").failed();
        Files.createFile(directory.resolve("1-1.history"));
        Files.write(directory.resolve("2-2.history"), new byte[4_096]);
        assertThat(History.in(directory).processes()).hasSize(1);
    }
}
