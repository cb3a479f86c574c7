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
 * @param slots what was read last: a buffer of {@link #SIZE} that stays with the channel
 */
record RecordFile(FileChannel channel, ByteBuffer slots) {
    static final int SLOT = 2048;
    static final int SIZE = 2 * SLOT;

    static ByteBuffer newSlots() {
        return ByteBuffer.allocateDirect(SIZE);
    }

    /** Both slots, zeros where the file is short. */
    ByteBuffer read() throws IOException {
        slots.clear();
        int n = 0;
        while (n >= 0 && slots.hasRemaining()) {
            n = channel.read(slots, slots.position());
        }
        while (slots.hasRemaining()) {
            slots.put((byte) 0);
        }
        return slots;
    }

    /** Writes what is in a buffer from its position to its limit. */
    void write(ByteBuffer out, int at) throws IOException {
        long start = at - (long) out.position();
        while (out.hasRemaining()) {
            channel.write(out, start + out.position());
        }
    }
}
