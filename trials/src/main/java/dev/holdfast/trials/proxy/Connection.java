// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A client's connection, and the one to the server that it stands for. */
final class Connection {
    private final Socket client;
    private final Socket server;
    private final Consumer<Connection> whenEnded;
    private final Pump requests;
    private final Pump replies;
    private final AtomicInteger openEnds = new AtomicInteger(2);
    private volatile boolean lossy;

    Connection(
            Socket client,
            Socket server,
            Flow requestFlow,
            Flow replyFlow,
            Supplier<FrameCounter> frames,
            Consumer<Connection> whenEnded) {
        this.client = client;
        this.server = server;
        this.whenEnded = whenEnded;
        requests = new Pump(this, requestFlow, frames.get(), client, server);
        replies = new Pump(this, replyFlow, frames.get(), server, client);
    }

    void start(String name) {
        requests.start(name + "-requests");
        replies.start(name + "-replies");
    }

    /** Bytes of it vanished: it must not be used again. */
    void markLossy() {
        lossy = true;
    }

    boolean isLossy() {
        return lossy;
    }

    /** One of the two ends said all that it had to say. */
    void sawEnd() {
        if (openEnds.decrementAndGet() == 0) {
            close();
        }
    }

    /**
     * Ends the connection after what the pump has written so far. Its receiver is told so and heard out, and not closed upon: closing a
     * socket with unread bytes sends a reset, at which the other side may drop what it has not read yet, the last frame too.
     */
    void cut(Pump pump) throws IOException {
        Pump back = pump == requests ? replies : requests;
        back.discard();
        pump.to().shutdownOutput();
        pump.from().close();
    }

    void close() {
        closeQuietly(client);
        closeQuietly(server);
        requests.end();
        replies.end();
        whenEnded.accept(this);
    }

    void reset() {
        abort(client);
        abort(server);
        close();
    }

    static void abort(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
            return;
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot close " + socket, e);
        }
    }
}
