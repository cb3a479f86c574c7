// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.spi.Token;
import java.io.IOException;
import java.io.RandomAccessFile;
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
 * <p>The file has two slots, written in turn, each with a checksum. Whatever ends a process in the middle of a write, the slot of the
 * grant before is whole, and the grant whose slot is torn was never handed out.
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
    private static final int SLOT = RecordFile.SLOT;
    static final byte VERSION = 1;

    /** "HFL" in ASCII. */
    private static final int MAGIC = 0x48464C;
    /** A name of 1,024 bytes after the longest prefix. */
    private static final int LONGEST_NAME = 1280;

    private static final int LENGTH = 4;
    private static final int CHECKSUM = 8;
    private static final int BODY = 12;
    /** With three texts, all empty. */
    private static final int SHORTEST = BODY + 4 * Long.BYTES + 3 * Short.BYTES;
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
        ByteBuffer slots = io.read();
        long first = revision(io, file, slots, 0);
        long second = revision(io, file, slots, SLOT);
        Instant now = Instant.now();
        long next = Math.max(Math.max(first, second) + 1, now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000);
        if (next > Token.LARGEST_REVISION) {
            throw new IOException(file + ": the clock or the last token is beyond the year 2255, so no larger"
                    + " token can be made. Set the clock");
        }
        int from = second < first ? SLOT : 0;
        boolean fresh = Math.min(first, second) == 0;
        int length = put(slots.slice(from, SLOT), next, now.toEpochMilli(), texts, fresh);
        // The whole of a fresh slot, so that no later grant needs more of the disk.
        io.write(from, from + (fresh ? SLOT : length));
        io.know(from, next);
        return next;
    }

    /** The revision in a slot, or 0 if the slot is not whole. A later grant that was torn, and so never handed out, may pass for the one before. */
    private static long revision(RecordFile io, Path file, ByteBuffer slots, int offset) throws NewerFormat {
        long stated = slots.getLong(offset + BODY);
        if (stated != 0 && stated == io.known(offset)) {
            return stated;
        }
        ByteBuffer whole = body(file, slots, offset);
        if (whole == null) {
            return 0;
        }
        io.know(offset, stated);
        return stated;
    }

    /** The newest whole record of a file, or null if there is none. */
    static @Nullable HolderRecord latest(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        try (RandomAccessFile io = new RandomAccessFile(file.toFile(), "r")) {
            ByteBuffer slots = ByteBuffer.wrap(read(io));
            HolderRecord first = parse(file, slots, 0);
            HolderRecord second = parse(file, slots, SLOT);
            return first == null || (second != null && second.revision > first.revision) ? second : first;
        }
    }

    private static byte[] read(RandomAccessFile io) throws IOException {
        byte[] slots = new byte[2 * SLOT];
        int length = 0;
        for (int n = 0; n >= 0 && length < slots.length; length += Math.max(n, 0)) {
            n = io.read(slots, length, slots.length - length);
        }
        return slots;
    }

    private static @Nullable HolderRecord parse(Path file, ByteBuffer slots, int offset) throws NewerFormat {
        ByteBuffer in = body(file, slots, offset);
        if (in == null) {
            return null;
        }
        try {
            return new HolderRecord(
                    in.getLong(),
                    Instant.ofEpochMilli(in.getLong()),
                    in.getLong(),
                    in.getLong(),
                    text(in),
                    text(in),
                    text(in));
        } catch (BufferUnderflowException e) {
            return null;
        }
    }

    /** What stands in a slot after its checksum, or null if the slot is not whole. */
    private static @Nullable ByteBuffer body(Path file, ByteBuffer slots, int offset) throws NewerFormat {
        ByteBuffer in = slots.slice(offset, SLOT);
        int start = in.getInt(0);
        if (start >>> Byte.SIZE != MAGIC) {
            return null;
        }
        int version = start & 0xFF;
        if (version > VERSION) {
            throw new NewerFormat(file, version);
        }
        int length = in.getInt(LENGTH);
        if (length < SHORTEST || length > SLOT || in.getInt(CHECKSUM) != checksum(in, length)) {
            return null;
        }
        return in.limit(length).position(BODY);
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[Math.min(Short.toUnsignedInt(in.getShort()), in.remaining())];
        in.get(bytes);
        return new String(bytes, UTF_8);
    }

    /** What the records of a lock say in words: made once and written at every grant. */
    byte[] texts(String lockName, String ownerLabel) {
        ByteBuffer out = ByteBuffer.allocate(SLOT);
        put(out, lockName, LONGEST_NAME);
        put(out, ownerLabel, 384);
        put(out, machine, 256);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Writes a record into a slot; returns its length. */
    private int put(ByteBuffer out, long granted, long sinceMillis, byte[] texts, boolean fresh) {
        out.putInt(MAGIC << Byte.SIZE | VERSION).position(BODY);
        out.putLong(granted)
                .putLong(sinceMillis)
                .putLong(pid)
                .putLong(processStart)
                .put(texts);
        int length = out.position();
        out.putInt(LENGTH, length);
        out.putInt(CHECKSUM, checksum(out, length));
        while (fresh && out.hasRemaining()) {
            out.put((byte) 0);
        }
        return length;
    }

    private static void put(ByteBuffer out, String text, int most) {
        byte[] bytes = text.getBytes(UTF_8);
        int length = Math.min(bytes.length, most);
        out.putShort((short) length).put(bytes, 0, length);
    }

    private static int checksum(ByteBuffer slot, int length) {
        CRC32 crc = new CRC32();
        crc.update(slot.slice(0, CHECKSUM));
        crc.update(slot.slice(BODY, length - BODY));
        return (int) crc.getValue();
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
