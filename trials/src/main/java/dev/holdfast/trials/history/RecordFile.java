// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A file of records that many threads append to, mapped into memory: what was stored is the kernel's from then on, however the process
 * ends. It grows by pieces; what is not used of the last one takes no space on the disk.
 */
final class RecordFile {
    private static final int PIECE_RECORDS = 1 << 16;
    private static final int PIECES = 1 << 12;

    private Path path;
    private final AtomicInteger next = new AtomicInteger(1);
    private final AtomicReferenceArray<@Nullable ByteBuffer> pieces = new AtomicReferenceArray<>(PIECES);
    private final Map<String, Integer> names = new ConcurrentHashMap<>();

    private RecordFile(Path path) {
        this.path = path;
    }

    static RecordFile create(Path path, long pid) throws IOException {
        // The name of a history comes once its header is written: a process that is killed before has none.
        Path begun = path.resolveSibling(path.getFileName() + ".begun");
        FileChannel.open(begun, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                .close();
        RecordFile file = new RecordFile(begun);
        Layout.writeHeader(file.piece(0), pid);
        Files.move(begun, path, StandardCopyOption.ATOMIC_MOVE);
        file.path = path;
        return file;
    }

    /** Reserves a record; returns its slot. */
    int reserve() {
        return reserve(1);
    }

    private int reserve(int records) {
        int slot = next.getAndAdd(records);
        if (slot < 0 || slot > PIECE_RECORDS * PIECES - records) {
            throw new IllegalStateException(path + " is full after " + PIECE_RECORDS * PIECES + " records");
        }
        return slot;
    }

    /** Where the bytes of a slot are, from {@link #offset} on. */
    ByteBuffer at(int slot) {
        return piece(slot / PIECE_RECORDS);
    }

    static int offset(int slot) {
        return slot % PIECE_RECORDS * Layout.RECORD;
    }

    private ByteBuffer piece(int index) {
        ByteBuffer piece = pieces.get(index);
        return piece == null ? map(index) : piece;
    }

    /** An interrupted thread would close the channel in the middle of it, so the flag is put aside. */
    private synchronized ByteBuffer map(int index) {
        ByteBuffer present = pieces.get(index);
        if (present != null) {
            return present;
        }
        boolean interrupted = Thread.interrupted();
        long size = (long) PIECE_RECORDS * Layout.RECORD;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer piece = channel.map(FileChannel.MapMode.READ_WRITE, index * size, size)
                    .order(Layout.ORDER);
            pieces.set(index, piece);
            return piece;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot grow the history " + path, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The slot of a name, which is written when it is first used. */
    int nameSlot(String name) {
        Integer known = names.get(name);
        return known == null ? names.computeIfAbsent(name, this::writeName) : known;
    }

    private int writeName(String name) {
        byte[] bytes = name.getBytes(UTF_8);
        int records = (bytes.length + Layout.RECORD - 1) / Layout.RECORD;
        int slot = reserve(1 + records);
        for (int i = 0; i < bytes.length; i++) {
            int to = slot + 1 + i / Layout.RECORD;
            at(to).put(offset(to) + i % Layout.RECORD, bytes[i]);
        }
        Layout.writeCall(at(slot), offset(slot), Layout.kindAndThread(Layout.NAME, 0), 0, 0, 0, bytes.length);
        return slot;
    }
}
