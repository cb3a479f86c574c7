// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.demo;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A plain number in a file. Nothing here keeps two writers apart: that is the demo. */
final class Counter implements AutoCloseable {
    /** Reading and writing take two or three microseconds; the pause between them makes a collision likely, not possible. */
    static final long GAP_NANOS = 50_000;

    private final FileChannel file;

    Counter(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    }

    long read() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
        if (file.read(bytes, 0) != Long.BYTES) {
            throw new EOFException("the counter's file is too short");
        }
        return bytes.getLong(0);
    }

    void write(long value) throws IOException {
        file.write(ByteBuffer.allocate(Long.BYTES).putLong(0, value), 0);
    }

    /** Reads, pauses, and writes one more. */
    void increment() throws IOException {
        long value = read();
        long end = System.nanoTime() + GAP_NANOS;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait(); // a sleep would take twice as long, and differently long on each machine
        }
        write(value + 1);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
