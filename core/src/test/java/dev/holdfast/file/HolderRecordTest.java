// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HolderRecordTest {
    private static final HolderRecord SELF = HolderRecord.ofThisProcess();

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("a.info");
    }

    private long grant() throws Exception {
        return grant("a name", "a label");
    }

    private long grant(String name, String label) throws Exception {
        try (FileChannel io = FileChannel.open(
                file(), StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            return SELF.grant(new RecordFile(io, RecordFile.newImage()), file(), SELF.texts(name, label));
        }
    }

    private void overwrite(int at, byte[] bytes) throws Exception {
        try (RandomAccessFile io = new RandomAccessFile(file().toFile(), "rw")) {
            io.seek(at);
            io.write(bytes);
        }
    }

    @Test
    void record_isReadAsWritten() throws Exception {
        long granted = grant();
        HolderRecord read = HolderRecord.latest(file());
        assertThat(read.revision()).isEqualTo(granted);
        assertThat(read.name()).isEqualTo("a name");
        assertThat(read.label()).isEqualTo("a label");
        assertThat(read.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(read.mayBeAlive(SELF)).isTrue();
    }

    @Test
    void textsOfAnyLength_fitTheirSlot() throws Exception {
        grant();
        grant("n".repeat(5_000), "\u00e4".repeat(5_000));
        long third = grant("", "");
        assertThat(HolderRecord.latest(file()).revision()).isEqualTo(third);
        assertThat(Files.size(file())).isLessThanOrEqualTo(RecordFile.SIZE);
    }

    @Test
    void revisions_riseAlsoWhenTheClockStepsBack() throws Exception {
        long ahead = System.currentTimeMillis() * 1_000 + 3_600_000_000L;
        plant(ahead);
        assertThat(grant()).isEqualTo(ahead + 1);
        assertThat(grant()).isEqualTo(ahead + 2);
        assertThat(grant()).isEqualTo(ahead + 3);
    }

    /** Writes a slot with a given revision, as a process with another clock would have. */
    private void plant(long revision) throws Exception {
        grant();
        ByteBuffer head = ByteBuffer.wrap(Files.readAllBytes(file()), RecordFile.head(0), RecordFile.HEAD)
                .slice();
        head.putLong(12, revision);
        CRC32 crc = new CRC32();
        crc.update(head.duplicate().limit(44));
        head.putInt(44, (int) crc.getValue());
        byte[] planted = new byte[RecordFile.HEAD];
        head.get(planted);
        overwrite(RecordFile.head(0), planted);
    }

    @Test
    void aRevisionThatFitsNoToken_isRefused() throws Exception {
        plant((1L << 53) - 1);
        assertThatThrownBy(this::grant).hasMessageContaining("clock");
    }

    @Test
    void everyCutOfTheNewestSlot_leavesTheOneBefore() throws Exception {
        for (boolean second : new boolean[] {true, false}) {
            Files.deleteIfExists(file());
            grant();
            long older = grant();
            if (!second) {
                older = grant();
            }
            byte[] before = Files.readAllBytes(file());
            long newer = grant();
            byte[] after = Files.readAllBytes(file());
            int slot = second ? 0 : 1;
            int length = ByteBuffer.wrap(after).getInt(RecordFile.head(slot) + 4);
            int from = slot == 0 ? RecordFile.texts(0, length) : RecordFile.head(1);
            for (int written = 0; written < RecordFile.HEAD + length; written++) {
                byte[] torn = Arrays.copyOf(before, Math.max(before.length, after.length));
                System.arraycopy(after, from, torn, from, written);
                Files.write(file(), torn);
                long seen = HolderRecord.latest(file()).revision();
                assertThat(seen).isIn(older, newer);
                assertThat(grant()).isGreaterThan(older);
            }
        }
    }

    @Test
    void aFileCutShortAnywhere_isNeverFatalAndTokensRise() throws Exception {
        grant();
        long last = grant();
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file(), Arrays.copyOf(whole, length));
            HolderRecord.latest(file());
            long next = grant();
            assertThat(next).isGreaterThan(last);
            last = next;
        }
    }

    @Test
    void garbage_isNeverTrustedAndNeverFatal() throws Exception {
        Random random = new Random(42);
        for (int i = 0; i < 500; i++) {
            byte[] garbage = new byte[random.nextInt(2 * RecordFile.SIZE)];
            random.nextBytes(garbage);
            Files.write(file(), garbage);
            assertThat(HolderRecord.latest(file())).isNull();
            assertThat(HolderRecord.latest(file())).isNull();
            long granted = grant();
            assertThat(HolderRecord.latest(file()).revision()).isEqualTo(granted);
        }
    }

    @Test
    void everyFlippedByteOfASlot_isNoticed() throws Exception {
        grant();
        byte[] whole = Files.readAllBytes(file());
        int head = RecordFile.head(0);
        int length = ByteBuffer.wrap(whole).getInt(head + 4);
        for (int at = head - length; at < head + RecordFile.HEAD; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 0x40;
            Files.write(file(), flipped);
            if (at == head + 3) {
                assertThatThrownBy(() -> HolderRecord.latest(file())).isInstanceOf(HolderRecord.NewerFormat.class);
            } else {
                assertThat(HolderRecord.latest(file())).as("byte %s", at).isNull();
            }
        }
    }

    @Test
    void aNewerFormat_isRefusedByAcquireAndIgnoredByInspect() throws Exception {
        FileBackend backend = FileBackendTest.opened(directory);
        grant();
        overwrite(RecordFile.head(0) + 3, new byte[] {7});
        byte[] before = Files.readAllBytes(file());
        RecordingClaim claim = RecordingClaim.trying("a");
        backend.acquire(claim);
        assertThat(claim.answers).containsExactly("failed");
        assertThat(claim.failure().isTransient()).isFalse();
        assertThat(claim.failure()).hasMessageContaining("format 7").hasMessageContaining("newer version");
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
        assertThat(backend.inspect("a").toCompletableFuture().join()).isNull();
        assertThat(backend.list("", null).toCompletableFuture().join().locks()).isEmpty();
        backend.close();
    }

    @Test
    void aDeadProcess_isNotAlive() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        HolderRecord record = new HolderRecord(1, Instant.now(), ended.pid(), 0, "a", "b", SELF.machine());
        assertThat(record.mayBeAlive(SELF)).isFalse();
        HolderRecord reused =
                new HolderRecord(1, Instant.now(), SELF.pid(), SELF.processStart() - 60_000, "a", "b", SELF.machine());
        assertThat(reused.mayBeAlive(SELF)).isFalse();
        HolderRecord elsewhere = new HolderRecord(1, Instant.now(), ended.pid(), 0, "a", "b", "elsewhere");
        assertThat(elsewhere.mayBeAlive(SELF)).isTrue();
    }
}
