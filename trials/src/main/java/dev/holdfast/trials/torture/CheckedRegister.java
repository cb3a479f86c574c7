// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The resource that a lock guards, shared by processes: a mapped file with a number that only one may change at a time. It remembers the
 * largest token that it was shown and refuses smaller ones. Its own steps are atomic without any lock, and hold across {@code kill -9}.
 */
public final class CheckedRegister {
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** A cache line for each. */
    private static final int LARGEST_TOKEN = 0;

    private static final int COUNTER = 64;
    private static final int INSIDE = 128;
    private static final int SIZE = 192;

    private final ByteBuffer memory;

    private CheckedRegister(ByteBuffer memory) {
        this.memory = memory;
    }

    /**
     * Opens the register, and creates it with zeros if it is not there.
     *
     * @param file where it is
     * @return the register
     * @throws IOException if that cannot be done
     */
    public static CheckedRegister open(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new CheckedRegister(channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE));
        }
    }

    /**
     * Shows a token, as every write does.
     *
     * @param token the writer's
     * @return whether the write is accepted; false if a larger token was shown before
     */
    public boolean accepts(long token) {
        while (true) {
            long largest = (long) LONG.getVolatile(memory, LARGEST_TOKEN);
            if (token < largest) {
                return false;
            }
            if (LONG.compareAndSet(memory, LARGEST_TOKEN, largest, token)) {
                return true;
            }
        }
    }

    /**
     * The number, which is read and written in two steps on purpose: two writers at a time lose an update.
     *
     * @return the number
     */
    public long read() {
        return (long) LONG.getVolatile(memory, COUNTER);
    }

    /**
     * Changes the number.
     *
     * @param value the new one
     */
    public void write(long value) {
        LONG.setVolatile(memory, COUNTER, value);
    }

    /**
     * Goes inside the guarded section.
     *
     * @return how many were inside already; more than 0 is a broken lock, or one that was killed inside
     */
    public long enter() {
        return (long) LONG.getAndAdd(memory, INSIDE, 1L);
    }

    /** Leaves the guarded section. */
    public void leave() {
        LONG.getAndAdd(memory, INSIDE, -1L);
    }
}
