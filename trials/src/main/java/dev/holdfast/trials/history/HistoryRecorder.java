// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes down what this process does with locks, for {@link History} to read. Thread-safe; an operation costs well below a microsecond and
 * no system call. Nothing has to be flushed or closed: what was written survives {@code kill -9} (but not the machine).
 *
 * <pre>{@code
 * RecordedCall call = recorder.acquiring("orders/42");
 * Lease lease = lock.acquire();
 * RecordedHold hold = call.granted(lease);
 * ...
 * RecordedCall release = hold.releasing();
 * lease.release();
 * release.done();
 * }</pre>
 *
 * <p>The order matters: a call is written down before the lock is asked, a return after it answered.
 */
public final class HistoryRecorder {
    /** What the names of history files end with. */
    public static final String SUFFIX = ".history";

    private final RecordFile file;

    private HistoryRecorder(RecordFile file) {
        this.file = file;
    }

    /**
     * Creates this process's history in a directory, in a file of its own.
     *
     * @param directory an existing directory on a local file system, better not on a small tmpfs: a record takes 64 bytes
     * @return the recorder, for as long as the process lives
     * @throws IOException if the file cannot be created
     */
    public static HistoryRecorder in(Path directory) throws IOException {
        long pid = ProcessHandle.current().pid();
        // A process number may come again in a long run.
        Path path = directory.resolve(pid + "-" + System.nanoTime() + SUFFIX);
        return new HistoryRecorder(RecordFile.create(path, pid));
    }

    /**
     * To be called before a blocking acquisition, with or without a timeout.
     *
     * @param lockName the lock's name
     * @return the call, to be answered
     */
    public RecordedCall acquiring(String lockName) {
        return call(Kind.ACQUIRE, file.nameSlot(lockName), 0, 0);
    }

    /**
     * To be called before an attempt that does not wait.
     *
     * @param lockName the lock's name
     * @return the call, to be answered
     */
    public RecordedCall trying(String lockName) {
        return call(Kind.TRY, file.nameSlot(lockName), 0, 0);
    }

    /**
     * To be called before a process is stopped; it {@link RecordedCall#done() returns} when the process goes on.
     *
     * @param pid the process
     * @return the call, to be answered
     */
    public RecordedCall stopping(long pid) {
        return call(Kind.STOPPED, 0, 0, pid);
    }

    /**
     * To be called before a process is killed; it {@link RecordedCall#done() returns} when the process has ended. What the process held
     * counts as held until this call.
     *
     * @param pid the process
     * @return the call, to be answered
     */
    public RecordedCall killing(long pid) {
        return call(Kind.KILLED, 0, 0, pid);
    }

    RecordedCall call(Kind kind, int nameSlot, int hold, long subject) {
        int slot = file.reserve();
        int what = Layout.kindAndThread(kind.code(), Thread.currentThread().getId());
        // The stamp comes last: whatever this took is not the operation's time.
        Layout.writeCall(file.at(slot), RecordFile.offset(slot), what, System.nanoTime(), nameSlot, hold, subject);
        return new RecordedCall(this, slot, nameSlot);
    }

    void answer(int slot, Outcome outcome, long returned, long token, long validUntil) {
        Layout.writeReturn(file.at(slot), RecordFile.offset(slot), outcome, returned, token, validUntil);
    }
}
