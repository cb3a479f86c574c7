// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.link;

import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to read the replies of a link: that of its own thread, or of a caller who waits for a reply and would be woken by that thread otherwise, which
 * costs as much as the server takes. The thread leaves the input to callers as long as they come one after the other. In quiet times it waits at the input
 * itself, and hears of the end of the connection at once. All methods are called under the link's mutex.
 */
final class ReadingTurn {
    /** After so long without a caller the thread goes to the input. */
    private static final long QUIET = 20_000_000L;

    private final Condition changed;
    private boolean taken;
    private long quietFrom;
    private @Nullable IOException failure;

    ReadingTurn(ReentrantLock mutex) {
        changed = mutex.newCondition();
    }

    /** Takes the turn for a caller; false if somebody else reads, and then he reads for this one too. */
    boolean takeAsCaller() {
        if (taken || failure != null) {
            return false;
        }
        taken = true;
        return true;
    }

    /** Takes the turn for the thread, when there is something to read and nobody who does, or when it has been quiet. */
    void takeAsThread(BooleanSupplier isWanted) throws IOException {
        while (failure == null && (taken || !isWanted.getAsBoolean())) {
            long quietIn = quietFrom - System.nanoTime();
            if (!taken && quietIn <= 0) {
                break;
            }
            try {
                long unused = changed.awaitNanos(taken ? QUIET : quietIn);
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts the thread of a link", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        taken = true;
    }

    /** Whoever read does so no more. */
    void end() {
        taken = false;
        quietFrom = System.nanoTime() + QUIET;
        changed.signal();
    }

    /** A caller found the connection broken; its thread ends it. */
    void fail(IOException cause) {
        failure = cause;
    }

    /** There is something to do for the thread. */
    void call() {
        if (!taken) {
            changed.signal();
        }
    }
}
