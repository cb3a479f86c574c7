// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a {@link FaultProxy}, over all its connections: its faults and its counts. Faults act on what has not left the proxy
 * yet. No method does I/O or blocks; all may be called at any time from any thread.
 */
public final class Flow {
    private enum Mode {
        PASS,
        STALL,
        BLACK_HOLE
    }

    /** What becomes of a chunk: how many of its bytes go on, and whether its connection ends there. */
    record Verdict(int length, boolean cut) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private volatile long delayNanos;
    private Mode mode = Mode.PASS;
    private boolean closed;
    private long cutAtFrame = Long.MAX_VALUE;
    private boolean cutAfter;
    private long frames;
    private long bytes;

    Flow() {}

    /**
     * From now on every chunk arrives this much later. The order is kept, and any number of chunks can be under way at the same time, as
     * on a long line. What is under way already is not affected.
     *
     * @param time 0 for none; up to 292 years
     */
    public void delay(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("a delay cannot be negative: " + time);
        }
        delayNanos = time.toNanos();
    }

    /**
     * From now on everything vanishes, also the end of a connection: the sender sees its bytes accepted, the receiver sees silence.
     * {@link FaultProxy#heal()} resets the connections that lost something, because a TCP stream never has a hole.
     */
    public void blackHole() {
        set(Mode.BLACK_HOLE);
    }

    /** From now on nothing is read from the sender, whose buffers fill up. {@link FaultProxy#heal()} delivers all of it in order. */
    public void stall() {
        set(Mode.STALL);
    }

    /**
     * Ends the connection that carries the n-th frame from now, before any byte of that frame is delivered. The receiver gets all frames
     * before it. Replaces an earlier cut that did not happen yet.
     *
     * @param n 1 for the next frame
     */
    public void cutBefore(long n) {
        cut(n, false);
    }

    /**
     * Ends the connection that carries the n-th frame from now as soon as that frame is delivered. The receiver gets it, but its
     * answer goes nowhere. Replaces an earlier cut that did not happen yet.
     *
     * @param n 1 for the next frame
     */
    public void cutAfter(long n) {
        cut(n, true);
    }

    /**
     * Counts the frames that the sender has completed.
     *
     * @return the number since the proxy was started, over all connections, delivered or not
     */
    public long frames() {
        lock.lock();
        try {
            return frames;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Counts the bytes that the sender has sent.
     *
     * @return the number since the proxy was started, over all connections, delivered or not
     */
    public long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    long delayNanos() {
        return delayNanos;
    }

    void heal() {
        lock.lock();
        try {
            delayNanos = 0;
            cutAtFrame = Long.MAX_VALUE;
            mode = Mode.PASS;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits while nothing may be read. */
    void awaitUnstalled() throws InterruptedException {
        lock.lock();
        try {
            while (mode == Mode.STALL && !closed) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Counts a chunk and decides about it; waits while the flow is stalled. Null means that it vanishes. */
    @Nullable
    Verdict judge(FrameCursor cursor, byte[] chunk, int length) throws InterruptedException {
        lock.lock();
        try {
            while (mode == Mode.STALL && !closed) {
                changed.await();
            }
            boolean vanishes = mode == Mode.BLACK_HOLE;
            bytes += length;
            int at = 0;
            while (at < length) {
                if (!vanishes && !cutAfter && !cursor.insideFrame() && frames >= cutAtFrame - 1) {
                    cutAtFrame = Long.MAX_VALUE;
                    return new Verdict(at, true);
                }
                int end = cursor.next(chunk, at, length);
                if (end < 0) {
                    break;
                }
                at = end;
                frames++;
                if (!vanishes && cutAfter && frames >= cutAtFrame) {
                    cutAtFrame = Long.MAX_VALUE;
                    return new Verdict(at, true);
                }
            }
            return vanishes ? null : new Verdict(length, false);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the end of a connection is passed on; waits while the flow is stalled. */
    boolean passesEnd() throws InterruptedException {
        lock.lock();
        try {
            while (mode == Mode.STALL && !closed) {
                changed.await();
            }
            return mode == Mode.PASS;
        } finally {
            lock.unlock();
        }
    }

    private void set(Mode newMode) {
        lock.lock();
        try {
            mode = newMode;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void cut(long n, boolean after) {
        if (n < 1) {
            throw new IllegalArgumentException("frames are counted from 1, not " + n);
        }
        lock.lock();
        try {
            cutAtFrame = Math.addExact(frames, n);
            cutAfter = after;
        } finally {
            lock.unlock();
        }
    }
}
