// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file with the records of a lock, open for the holder of the lock: two slots, see {@link HolderRecord}. A file that is written again
 * and again is mapped into memory. What is written there is in the kernel's cache as after a system call, and outlives this process as
 * well, without the call. It is not mapped sooner, because its blocks have to be there, and because a mapping ends only when the garbage
 * collector finds it.
 *
 * <p>The state is in cells that all class loaders share, under the guard of the {@link LockFile}.
 */
final class RecordFile {
    static final int SLOT = 2048;
    private static final int SIZE = 2 * SLOT;
    private static final int WRITES_BEFORE_MAPPING = 16;

    private final FileChannel channel;
    private final Map<String, Object> cells;

    RecordFile(FileChannel channel, Map<String, Object> cells) {
        this.channel = channel;
        this.cells = cells;
    }

    /** Forgets what belongs to a channel that is closed. */
    static void forget(Map<String, Object> cells) {
        cells.remove("writes");
        cells.remove("view");
    }

    /** Both slots, zeros where the file is short. */
    ByteBuffer read() throws IOException {
        ByteBuffer view = view();
        if (view != null) {
            return view;
        }
        ByteBuffer slots = ByteBuffer.allocate(SIZE);
        int n = 0;
        while (n >= 0 && slots.hasRemaining()) {
            n = channel.read(slots, slots.position());
        }
        return slots;
    }

    private @Nullable ByteBuffer view() {
        return (ByteBuffer) cells.get("view");
    }

    /** Writes what is in a buffer from its start to its limit. */
    void write(ByteBuffer out, int at) throws IOException {
        ByteBuffer view = view();
        if (view != null) {
            view.put(at, out, 0, out.limit());
            return;
        }
        while (out.hasRemaining()) {
            channel.write(out, at + (long) out.position());
        }
        if (!Boolean.TRUE.equals(cells.get("mappable"))) {
            return; // What is mapped from another machine is not what that one has.
        }
        int[] writes = (int[]) cells.computeIfAbsent("writes", absent -> new int[1]);
        if (++writes[0] == WRITES_BEFORE_MAPPING && channel.size() >= SIZE) {
            map();
        }
    }

    private void map() throws ClosedByInterruptException {
        try {
            cells.put("view", channel.map(MapMode.READ_WRITE, 0, SIZE));
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            // This file system maps nothing, or this process has too many mappings: it goes on with system calls.
            System.getLogger("dev.holdfast.file").log(System.Logger.Level.DEBUG, "Mapping a record failed", e);
        }
    }
}
