// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Carries one direction of one connection. */
final class Pump {
    private static final int CHUNK = 64 * 1024;

    private final Connection connection;
    private final Flow flow;
    private final FrameCursor cursor;
    private final Socket from;
    private final Socket to;
    private final DelayLine line;
    private volatile boolean discards;

    Pump(Connection connection, Flow flow, FrameCounter frames, Socket from, Socket to) {
        this.connection = connection;
        this.flow = flow;
        this.cursor = new FrameCursor(frames);
        this.from = from;
        this.to = to;
        this.line = new DelayLine(this::deliver);
    }

    Socket from() {
        return from;
    }

    Socket to() {
        return to;
    }

    void start(String name) {
        Thread thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** From now on what arrives is read and forgotten. */
    void discard() {
        discards = true;
    }

    void end() {
        line.close();
    }

    private void run() {
        byte[] buffer = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            while (true) {
                flow.awaitUnstalled();
                int length = in.read(buffer);
                long delay = flow.delayNanos();
                if (delay == 0 && line.isIdle()) {
                    deliver(length < 0 ? null : buffer, length);
                } else {
                    line.add(length < 0 ? null : Arrays.copyOf(buffer, length), delay);
                }
                if (length < 0) {
                    return;
                }
            }
        } catch (IOException e) {
            // A reset on one side is one on the other; after a cut or a close there is nothing left to reset.
            broken();
        } catch (InterruptedException e) {
            connection.reset();
        }
    }

    /** Called in order, by one thread at a time. Null is the end of the stream. */
    private void deliver(byte @Nullable [] chunk, int length) {
        try {
            if (chunk == null) {
                if (discards || flow.passesEnd()) {
                    if (!to.isClosed()) {
                        to.shutdownOutput();
                    }
                    connection.sawEnd();
                } else {
                    connection.markLossy();
                }
                return;
            }
            Flow.Verdict verdict = flow.judge(cursor, chunk, length);
            if (discards) {
                return;
            }
            if (verdict == null) {
                connection.markLossy();
            } else if (connection.isLossy()) {
                connection.reset();
            } else {
                to.getOutputStream().write(chunk, 0, verdict.length());
                if (verdict.cut()) {
                    discards = true;
                    connection.cut(this);
                }
            }
        } catch (IOException e) {
            broken();
        } catch (InterruptedException e) {
            connection.reset();
        }
    }

    private void broken() {
        if (discards) {
            connection.sawEnd();
        } else {
            connection.reset();
        }
    }
}
