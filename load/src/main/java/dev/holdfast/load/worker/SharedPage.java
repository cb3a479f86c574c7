// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Numbers in memory that all workers of one contender see at once. Each has a cache line, and its neighbour, of its own. */
final class SharedPage {
    /** When the lock was given back last. */
    static final int RELEASED_AT = 0;

    /** Which worker had the lock last. */
    static final int HOLDER = 1;

    /** Since when a worker waits for the lock, 0 if it does not: one number for each worker. */
    static final int WAITING_SINCE = 2;

    /** How many critical sections a name has seen: one number for each name. */
    static final int SECTIONS = 8;

    private static final int STRIDE = 128;
    private static final VarHandle NUMBERS =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final ByteBuffer memory;

    private SharedPage(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Maps the file, which is made if there is none. The memory lives as long as this object. */
    static SharedPage map(Path file, int names) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            int size = (SECTIONS + names) * STRIDE;
            ByteBuffer zeros = ByteBuffer.allocate(size);
            // Not a hole in a file, in which a disk that is full would be found out by a fault in the middle of a
            // round.
            while (channel.size() < size) {
                zeros.position((int) channel.size());
                var unused = channel.write(zeros, channel.size());
            }
            return new SharedPage(channel.map(MapMode.READ_WRITE, 0, size));
        }
    }

    long get(int number) {
        return (long) NUMBERS.getVolatile(memory, number * STRIDE);
    }

    void set(int number, long value) {
        NUMBERS.setVolatile(memory, number * STRIDE, value);
    }
}
