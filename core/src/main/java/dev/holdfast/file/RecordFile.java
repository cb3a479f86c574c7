// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The file with the records of a lock, open for the holder of the lock: two slots, see {@link HolderRecord}. With system calls and not
 * mapped into memory, which would be faster: a mapped file that somebody cuts short throws wherever the JVM happens to be.
 *
 * @param channel the open file
 * @param slots what was read last, and what is written: a buffer outside the heap, so that no system call copies it,
 *     with the known revisions behind the slots
 */
record RecordFile(FileChannel channel, ByteBuffer slots) {
    static final int SLOT = 2048;
    static final int SIZE = 2 * SLOT;

    static ByteBuffer newSlots() {
        return ByteBuffer.allocateDirect(SIZE + 2 * Long.BYTES);
    }

    /** A revision that this JVM wrote to a slot or found whole there, or 0: to read it again needs no checksum. */
    long known(int slot) {
        return slots.getLong(SIZE + slot / SLOT * Long.BYTES);
    }

    void know(int slot, long revision) {
        slots.putLong(SIZE + slot / SLOT * Long.BYTES, revision);
    }

    /** Both slots, zeros where the file is short. */
    ByteBuffer read() throws IOException {
        slots.clear().limit(SIZE);
        int n = 0;
        while (n >= 0 && slots.hasRemaining()) {
            n = channel.read(slots, slots.position());
        }
        while (slots.hasRemaining()) {
            slots.put((byte) 0);
        }
        return slots.clear();
    }

    /** Writes a part of the buffer to its place in the file. */
    void write(int from, int to) throws IOException {
        slots.limit(to).position(from);
        while (slots.hasRemaining()) {
            channel.write(slots, slots.position());
        }
        slots.clear();
    }
}
