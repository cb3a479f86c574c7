// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import static dev.holdfast.conformance.FileClients.PATIENCE;
import static dev.holdfast.conformance.FileClients.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.trials.process.WorkerProcess;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lock files and records that stay open while nobody uses them. */
final class FileRestingTest {
    private static final int OFTEN = 40;

    @TempDir
    Path directory;

    private FileClients clients;
    private Holdfast locks;

    @BeforeEach
    void open() {
        clients = new FileClients(directory);
        locks = clients.client();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        clients.close();
    }

    private long takeAndRelease(String name) throws Exception {
        try (Lease lease = take(locks, name)) {
            return lease.token();
        }
    }

    private void useOften(String name) throws Exception {
        for (int i = 0; i < OFTEN; i++) {
            takeAndRelease(name);
        }
    }

    @Test
    void openRecords_ofTwoProcesses_giveTokensThatRise() throws Exception {
        WorkerProcess other = clients.process();
        long last = 0;
        for (int i = 0; i < 2 * OFTEN; i++) {
            long ours = takeAndRelease("a");
            assertThat(ours).isGreaterThan(last);
            last = Long.parseLong(other.ask("try a"));
            assertThat(last).isGreaterThan(ours);
            assertThat(locks.inspect("a").token()).hasValue(last);
            assertThat(other.ask("release a")).isEqualTo("RELEASED");
        }
    }

    @Test
    void openRecord_ofAKilledProcess_isWhatItWasWhenItDied() throws Exception {
        WorkerProcess other = clients.process();
        for (int i = 0; i < OFTEN; i++) {
            assertThat(other.ask("try a")).isNotEqualTo("busy");
            assertThat(other.ask("release a")).isEqualTo("RELEASED");
        }
        long last = Long.parseLong(other.ask("try a"));
        other.kill();
        try (Lease next = take(locks, "a")) {
            assertThat(next.token()).isGreaterThan(last);
        }
    }

    @Test
    void restingLockFile_thatWasReplaced_isNotTakenForTheNewOne() throws Exception {
        useOften("a");
        Files.delete(directory.resolve("a.lock"));
        Files.createFile(directory.resolve("a.lock"));
        WorkerProcess other = clients.process();
        // A file is taken for that of its path for 100 ms; starting a process takes longer, but that is not what is
        // tested.
        await().pollDelay(Duration.ofMillis(150)).until(() -> true);
        try (Lease lease = take(locks, "a")) {
            assertThat(other.ask("try a")).isEqualTo("busy");
            assertThat(lease.isHeld()).isTrue();
        }
        assertThat(other.ask("try a")).isNotEqualTo("busy");
        assertThat(locks.lock("a").tryAcquire()).isNull();
    }

    @Test
    void openRecord_thatIsCutShort_doesNoHarm() throws Exception {
        useOften("a");
        long last = takeAndRelease("a");
        Files.write(directory.resolve("a.info"), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(takeAndRelease("a")).isGreaterThan(last);
    }

    @Test
    void restingFile_thatAStrangerOfThisJvmLocked_isNotClosed() throws Exception {
        takeAndRelease("a");
        WorkerProcess other = clients.process();
        try (FileChannel stranger = FileChannel.open(directory.resolve("a.lock"), StandardOpenOption.WRITE)) {
            FileLock lock = stranger.lock();
            for (int i = 0; i < 1_000; i++) {
                takeAndRelease("other-" + i);
            }
            assertThat(other.ask("try a")).isEqualTo("busy");
            lock.release();
        }
        await().atMost(PATIENCE).until(() -> !other.ask("try a").equals("busy"));
    }

    @Test
    void interruptedThread_writesOpenRecordsAllTheSame() throws Exception {
        long last = 0;
        for (int i = 0; i < OFTEN; i++) {
            Thread.currentThread().interrupt();
            Lease lease = locks.lock("a").tryAcquire();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(lease).isNotNull();
            assertThat(lease.token()).isGreaterThan(last);
            last = lease.token();
            lease.release();
        }
    }
}
