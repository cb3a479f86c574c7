// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the class loaders of a JVM share about one lock file: an array, because everything in it must be of a type of the JDK. The places
 * and types are a protocol between versions of this library. What never changes may be read by anybody, all else belongs to the guard.
 */
final class Cells {
    /** A {@link ReentrantLock}. */
    static final int GUARD = 0;

    /** What tells the file from every other one, a string. */
    static final int ID = 1;

    /** A string: the part of the file's name that stands for the lock. */
    static final int KEY = 2;

    /** The path of the lock file. */
    static final int PATH = 3;

    /** The path of its records. */
    static final int RECORD_PATH = 4;

    /** What tells the directory from one that takes its place. */
    static final int DIRECTORY = 5;

    /** An array of one long: when the open files were last known to be those of their paths. */
    static final int VERIFIED = 6;

    /** The turns that wait, a deque of consumers. */
    static final int QUEUE = 7;

    /** Set when the file has left the table, and another array may stand for it. */
    static final int GONE = 8;

    /** The only channel of this JVM to the lock file, and what tells the file that it leads to. */
    static final int CHANNEL = 9;

    static final int CHANNEL_FILE = 10;

    /** The same for the records. */
    static final int RECORD_CHANNEL = 11;

    static final int RECORD_FILE = 12;

    /** A buffer for the records, of 4,096 bytes. */
    static final int RECORDS = 13;

    /** What they say in words with its checksum, and the label in it. */
    static final int TEXTS = 14;

    static final int LABEL = 15;

    /** Whose turn it is. */
    static final int HOLDER = 16;

    /** The kernel's lock, while there is a holder. */
    static final int LOCK = 17;

    /** The thread that blocks in the kernel, or is about to. */
    static final int WORKER = 18;

    /** The turn whose caller's thread that is; nothing if the thread has been started for it. */
    static final int AWAITING = 19;

    /** The turn whose caller's thread is about to block in the kernel. */
    static final int PROMISED = 20;

    /** Set when another channel of this JVM has the lock. */
    static final int FOREIGN = 21;

    private static final int COUNT = 24;

    private Cells() {}

    static @Nullable Object[] of(LockDirectory directory, String key, String id) {
        @Nullable Object[] cells = new Object[COUNT];
        cells[GUARD] = new ReentrantLock();
        cells[ID] = id;
        cells[KEY] = key;
        cells[PATH] = directory.lockFile(key);
        cells[RECORD_PATH] = directory.infoFile(key);
        cells[DIRECTORY] = directory.identity();
        cells[VERIFIED] = new long[1];
        cells[QUEUE] = new ArrayDeque<>();
        return cells;
    }
}
