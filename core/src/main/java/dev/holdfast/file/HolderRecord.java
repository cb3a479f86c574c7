// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.spi.Token;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What stands beside a lock file: the last token, and who got it. It informs and never locks.
 *
 * <p>The file has two slots, written in turn. The head of a slot and its texts have a checksum each. Whatever ends a process in the
 * middle of a write, the slot of the grant before is whole, and the grant whose slot is torn was never handed out. The heads are in the
 * middle of the file, one texts before them and one behind: one short read tells the last token, and one write makes a record.
 *
 * @param revision the store revision of the grant
 * @param since when it was granted
 * @param pid the process that holds the lock
 * @param processStart when that process started, in milliseconds since 1970, or 0 if unknown
 * @param name the full name of the lock
 * @param label the holder, for people
 * @param machine the machine and pid name space in which the pid means something
 */
record HolderRecord(
        long revision, Instant since, long pid, long processStart, String name, String label, String machine) {
    static final byte VERSION = 1;

    /** "HFL" in ASCII. */
    private static final int MAGIC = 0x48464C;
    /** A name of 1,024 bytes after the longest prefix. */
    private static final int LONGEST_NAME = 1280;
    /** Three texts, all empty. */
    private static final int SHORTEST_TEXTS = 3 * Short.BYTES;

    // Offsets in a head.
    private static final int LENGTH = 4;
    private static final int TEXTS_CHECKSUM = 8;
    private static final int REVISION = 12;
    private static final int SINCE = 20;
    private static final int PID = 28;
    private static final int PROCESS_START = 36;
    private static final int CHECKSUM = 44;

    /** Generous: where process starts come from may differ by clock adjustments between two JVMs. */
    private static final long START_TOLERANCE_MILLIS = Duration.ofSeconds(10).toMillis();

    /** A record was written by a later version of this library, in a format that this one cannot read. */
    static final class NewerFormat extends IOException {
        private static final long serialVersionUID = 1L;

        NewerFormat(Path file, int version) {
            super(file + " has format " + version + " and was written by a newer version of Holdfast, this one knows "
                    + VERSION + ". Use the newer version in every process that uses this directory. To go back"
                    + " instead, end all of them and delete the file");
        }
    }

    /** This process, as its records name it. Reads a few files of the system. */
    static HolderRecord ofThisProcess() {
        ProcessHandle process = ProcessHandle.current();
        return new HolderRecord(0, Instant.EPOCH, process.pid(), startOf(process), "", "", thisMachine());
    }

    private static long startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static String thisMachine() {
        return firstLine(Path.of("/proc/sys/kernel/hostname")) + '/' + linkTarget(Path.of("/proc/self/ns/pid"));
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            String name = System.getenv("COMPUTERNAME");
            return name == null ? "" : name;
        }
    }

    private static String linkTarget(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    /**
     * Writes the record of a new grant of this process. Only for the holder of the lock.
     *
     * @param io the file of the records
     * @param file its path, for messages
     * @param texts {@link #texts} of the lock
     * @return the revision, larger than every earlier one
     * @throws NewerFormat if a newer version of this library writes the file; nothing is changed then
     */
    long grant(RecordFile io, Path file, byte[] texts) throws IOException {
        ByteBuffer image = io.readHeads();
        long first = lastRevision(file, image, 0);
        long second = lastRevision(file, image, 1);
        Instant now = Instant.now();
        long next = Math.max(Math.max(first, second) + 1, now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000);
        if (next > Token.LARGEST_REVISION) {
            throw new IOException(file + ": the clock or the last token is beyond the year 2255, so no larger"
                    + " token can be made. Set the clock");
        }
        int slot = second < first ? 1 : 0;
        int length = put(image, slot, next, now.toEpochMilli(), texts);
        // The whole of a fresh slot, so that no later grant needs more of the disk.
        boolean fresh = Math.min(first, second) == 0;
        io.write(slot, fresh ? RecordFile.LONGEST_TEXTS : length);
        return next;
    }

    /** The revision in a slot, or 0 if its head is not whole. A later grant whose texts are torn, and so never handed out, may pass. */
    private static long lastRevision(Path file, ByteBuffer image, int slot) throws NewerFormat {
        int head = RecordFile.head(slot);
        return isHeadWhole(file, image, head) ? image.getLong(head + REVISION) : 0;
    }

    private static boolean isHeadWhole(Path file, ByteBuffer image, int head) throws NewerFormat {
        int start = image.getInt(head);
        if (start >>> Byte.SIZE != MAGIC) {
            return false;
        }
        int version = start & 0xFF;
        if (version > VERSION) {
            throw new NewerFormat(file, version);
        }
        return image.getInt(head + CHECKSUM) == checksum(image.slice(head, CHECKSUM));
    }

    /** Writes a record into a slot; returns the length of its texts. */
    private int put(ByteBuffer image, int slot, long granted, long sinceMillis, byte[] texts) {
        int length = texts.length - Integer.BYTES;
        int head = RecordFile.head(slot);
        image.position(head)
                .putInt(MAGIC << Byte.SIZE | VERSION)
                .putInt(length)
                .put(texts, length, Integer.BYTES)
                .putLong(granted)
                .putLong(sinceMillis)
                .putLong(pid)
                .putLong(processStart)
                .putInt(checksum(image.slice(head, CHECKSUM)))
                .position(RecordFile.texts(slot, length))
                .put(texts, 0, length);
        return length;
    }

    /** What the records of a lock say in words, and its checksum: made once and written at every grant. */
    byte[] texts(String lockName, String ownerLabel) {
        ByteBuffer out = ByteBuffer.allocate(RecordFile.LONGEST_TEXTS);
        put(out, lockName, LONGEST_NAME);
        put(out, ownerLabel, 384);
        put(out, machine, 256);
        out.putInt(checksum(out.duplicate().flip()));
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void put(ByteBuffer out, String text, int most) {
        byte[] bytes = text.getBytes(UTF_8);
        int length = Math.min(bytes.length, most);
        out.putShort((short) length).put(bytes, 0, length);
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** The newest whole record of a file, or null if there is none. */
    static @Nullable HolderRecord latest(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        ByteBuffer image = ByteBuffer.allocate(RecordFile.SIZE);
        try (InputStream in = new FileInputStream(file.toFile())) {
            image.put(in.readNBytes(RecordFile.SIZE)).clear();
        }
        HolderRecord first = parse(file, image, 0);
        HolderRecord second = parse(file, image, 1);
        return first == null || (second != null && second.revision > first.revision) ? second : first;
    }

    private static @Nullable HolderRecord parse(Path file, ByteBuffer image, int slot) throws NewerFormat {
        int head = RecordFile.head(slot);
        if (!isHeadWhole(file, image, head)) {
            return null;
        }
        int length = image.getInt(head + LENGTH);
        if (length < SHORTEST_TEXTS || length > RecordFile.LONGEST_TEXTS) {
            return null;
        }
        ByteBuffer texts = image.slice(RecordFile.texts(slot, length), length);
        if (image.getInt(head + TEXTS_CHECKSUM) != checksum(texts.duplicate())) {
            return null;
        }
        try {
            return new HolderRecord(
                    image.getLong(head + REVISION),
                    Instant.ofEpochMilli(image.getLong(head + SINCE)),
                    image.getLong(head + PID),
                    image.getLong(head + PROCESS_START),
                    text(texts),
                    text(texts),
                    text(texts));
        } catch (BufferUnderflowException e) {
            return null;
        }
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[Math.min(Short.toUnsignedInt(in.getShort()), in.remaining())];
        in.get(bytes);
        return new String(bytes, UTF_8);
    }

    /** Whether the process that wrote this record may still be there, seen from another process. */
    boolean mayBeAlive(HolderRecord observer) {
        if (!machine.equals(observer.machine)) {
            return true;
        }
        return ProcessHandle.of(pid)
                .map(process -> {
                    long start = startOf(process);
                    return start == 0 || processStart == 0 || Math.abs(start - processStart) < START_TOLERANCE_MILLIS;
                })
                .orElse(false);
    }
}
