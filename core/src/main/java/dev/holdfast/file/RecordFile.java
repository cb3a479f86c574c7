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
 * @param image the file as far as it was read or written through this: a buffer outside the heap, so that no system call copies it
 */
record RecordFile(FileChannel channel, ByteBuffer image) {
    /** The heads of both slots stand next to each other, before and behind this. */
    static final int MIDDLE = 2048;

    static final int SIZE = 2 * MIDDLE;
    static final int HEAD = 48;
    static final int LONGEST_TEXTS = MIDDLE - HEAD;

    static ByteBuffer newImage() {
        return ByteBuffer.allocateDirect(SIZE);
    }

    /** Where the head of slot 0 or 1 is. */
    static int head(int slot) {
        return slot == 0 ? MIDDLE - HEAD : MIDDLE;
    }

    /** Where the texts of a slot begin: they end before the head of slot 0, and follow that of slot 1. */
    static int texts(int slot, int length) {
        return slot == 0 ? MIDDLE - HEAD - length : MIDDLE + HEAD;
    }

    /** Reads both heads into their place in the image, zeros where the file is short. */
    ByteBuffer readHeads() throws IOException {
        image.limit(MIDDLE + HEAD).position(MIDDLE - HEAD);
        int n = 0;
        while (n >= 0 && image.hasRemaining()) {
            n = channel.read(image, image.position());
        }
        while (image.hasRemaining()) {
            image.put((byte) 0);
        }
        return image.clear();
    }

    /** Writes the head of a slot of the image and texts of some length to their place in the file. */
    void write(int slot, int length) throws IOException {
        image.limit(slot == 0 ? MIDDLE : MIDDLE + HEAD + length).position(slot == 0 ? MIDDLE - HEAD - length : MIDDLE);
        while (image.hasRemaining()) {
            channel.write(image, image.position());
        }
        image.clear();
    }
}
