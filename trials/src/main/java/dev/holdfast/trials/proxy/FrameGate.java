// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Passes frames of a protocol on, and knows by a {@link Dialogue} what they are: it can hold a call back on a connection that the client thinks
 * broken, send one twice, lose the reply to one, change what the server says, and drop what it pushes. What happens to bytes is the business of a {@link FaultProxy} behind it.
 */
public final class FrameGate implements AutoCloseable {
    private static final int CHUNK = 16 * 1024;

    /** For so long a client hears nothing on a connection on which a call is held, and then it breaks: longer than its calls may take. */
    private static final long UNTIL_BROKEN = 600_000_000L;

    private final Set<ServerSocket> doors = ConcurrentHashMap.newKeySet();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicBoolean holdNext = new AtomicBoolean();
    private final AtomicBoolean loseNext = new AtomicBoolean();
    private final AtomicBoolean doubleNext = new AtomicBoolean();
    private final Supplier<FrameCounter> requestFrames;
    private final Supplier<FrameCounter> replyFrames;
    private final Supplier<Dialogue> dialogues;
    private final AtomicReference<@Nullable Held> held = new AtomicReference<>();
    private volatile boolean dropsPushes;
    private volatile UnaryOperator<byte[]> says = UnaryOperator.identity();
    private volatile boolean closed;

    /** A call that the server has not got yet. */
    private record Held(ByteArrayOutputStream frame, Socket upstream, CountDownLatch applied) {}

    /**
     * A gate without ways through it.
     *
     * @param frames makes the counter of one direction of one connection
     * @param dialogues makes what knows the frames of one connection
     */
    public FrameGate(Supplier<FrameCounter> frames, Supplier<Dialogue> dialogues) {
        this(frames, frames, dialogues);
    }

    /**
     * A gate without ways through it, for a protocol whose replies end in other ways than its requests.
     *
     * @param requestFrames makes the counter of what the client of one connection sends
     * @param replyFrames makes the counter of what it hears
     * @param dialogues makes what knows the frames of one connection
     */
    public FrameGate(
            Supplier<FrameCounter> requestFrames, Supplier<FrameCounter> replyFrames, Supplier<Dialogue> dialogues) {
        this.requestFrames = requestFrames;
        this.replyFrames = replyFrames;
        this.dialogues = dialogues;
    }

    /**
     * Opens a way to a server; the faults are those of all ways.
     *
     * @param server where it leads
     * @return the port of 127.0.0.1 where it begins
     */
    public int portTo(InetSocketAddress server) {
        try {
            ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            doors.add(door);
            start("gate", () -> admit(door, server));
            return door.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Counts the calls that clients have sent.
     *
     * @return the number, over all connections
     */
    public long calls() {
        return calls.get();
    }

    /** The reply to the next call gets lost, and its connection with it. */
    public void loseNext() {
        loseNext.set(true);
    }

    /** The next call stays here until {@link #deliver}. Its connection falls silent, and then breaks for the client. */
    public void holdNext() {
        holdNext.set(true);
    }

    /** The next call arrives twice, first on a connection of its own: for protocols whose connections need no beginning. */
    public void doubleNext() {
        doubleNext.set(true);
    }

    /**
     * Lets pushes get lost, or not any more.
     *
     * @param value whether they do
     */
    public void dropPushes(boolean value) {
        dropsPushes = value;
    }

    /**
     * Changes replies from now on.
     *
     * @param change gets a whole reply and returns what the client hears; may take its time, for a slow server
     */
    public void says(UnaryOperator<byte[]> change) {
        says = change;
    }

    /** Lets the held call arrive, and returns when it was answered, or the server does not want it any more. */
    public void deliver() {
        Held call = held.getAndSet(null);
        if (call == null) {
            throw new AssertionError("no request is held");
        }
        try {
            try {
                call.frame.writeTo(call.upstream.getOutputStream());
            } catch (SocketException e) {
                return; // The server has closed the connection, and so refused the call.
            }
            if (!call.applied.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("the held request was not answered");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void start(String name, Runnable body) {
        Thread thread = new Thread(body, "frame-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void admit(ServerSocket door, InetSocketAddress server) {
        while (!closed) {
            try {
                Socket client = door.accept();
                start("connection", () -> connect(client, server));
            } catch (IOException e) {
                return; // It was closed.
            }
        }
    }

    private void connect(Socket client, InetSocketAddress server) {
        sockets.add(client);
        Socket upstream = new Socket();
        sockets.add(upstream);
        try {
            upstream.connect(server, 5_000);
            upstream.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
        } catch (IOException e) {
            end(client);
            end(upstream);
            return;
        }
        new Pair(client, upstream, server).run();
    }

    private void end(Socket socket) {
        sockets.remove(socket);
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It was closed before.
        }
    }

    private final class Pair {
        private final Socket client;
        private final Socket upstream;
        private final InetSocketAddress server;
        private final Dialogue dialogue = dialogues.get();
        private volatile long lost = Dialogue.NONE;
        private final CountDownLatch applied = new CountDownLatch(1);
        private volatile boolean detached;

        Pair(Socket client, Socket upstream, InetSocketAddress server) {
            this.server = server;
            this.client = client;
            this.upstream = upstream;
        }

        void run() {
            start("replies", () -> pump(upstream, replyFrames.get(), this::reply));
            pump(client, requestFrames.get(), this::request);
        }

        private void pump(Socket from, FrameCounter counter, Sink sink) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            byte[] chunk = new byte[CHUNK];
            try {
                InputStream in = from.getInputStream();
                for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                    ByteArrayOutputStream whole = new ByteArrayOutputStream();
                    int at = 0;
                    while (at < length) {
                        int end = counter.frameEnd(chunk, at, length);
                        frame.write(chunk, at, (end < 0 ? length : end) - at);
                        if (end < 0) {
                            break;
                        }
                        at = end;
                        sink.take(frame.toByteArray(), whole, false);
                        frame.reset();
                    }
                    sink.take(frame.toByteArray(), whole, true);
                }
            } catch (IOException e) {
                // One side is gone, so the other has to go.
            }
            end(client);
            if (detached) {
                // Whoever waits for the held request to be applied: the server has answered, or closed the connection.
                if (from == upstream) {
                    applied.countDown();
                }
            } else {
                end(upstream);
            }
        }

        private void request(byte[] frame, ByteArrayOutputStream whole, boolean last) throws IOException {
            if (last) {
                upstream.getOutputStream().write(whole.toByteArray());
                return;
            }
            long number = dialogue.request(frame);
            if (number == Dialogue.NONE) {
                whole.write(frame);
                return;
            }
            if (loseNext.compareAndSet(true, false)) {
                lost = number;
            }
            calls.incrementAndGet();
            if (holdNext.compareAndSet(true, false)) {
                detached = true;
                ByteArrayOutputStream kept = new ByteArrayOutputStream();
                kept.write(frame);
                held.set(new Held(kept, upstream, applied));
                LockSupport.parkNanos(UNTIL_BROKEN);
                throw new IOException("detached");
            }
            if (doubleNext.compareAndSet(true, false)) {
                sendApart(frame, server);
            }
            whole.write(frame);
        }

        private void reply(byte[] frame, ByteArrayOutputStream whole, boolean last) throws IOException {
            if (last) {
                if (!detached) {
                    client.getOutputStream().write(whole.toByteArray());
                }
                return;
            }
            long number = dialogue.reply(frame);
            if (number >= 0 && number == lost) {
                throw new IOException("the answer is lost, and so is the connection");
            }
            if (detached) {
                if (number >= 0) {
                    applied.countDown();
                }
            } else if (number != Dialogue.PUSH || !dropsPushes) {
                whole.write(says.apply(frame));
            }
        }
    }

    /** The same call on a connection of its own, before the other one. */
    private static void sendApart(byte[] frame, InetSocketAddress server) throws IOException {
        try (Socket apart = new Socket()) {
            apart.connect(server, 5_000);
            apart.setSoTimeout(5_000);
            apart.getOutputStream().write(frame);
            if (apart.getInputStream().read() < 0) {
                throw new IOException("no answer to the duplicate");
            }
        }
    }

    /** Takes frames one by one, and then sends what is left of the whole chunk. */
    @FunctionalInterface
    private interface Sink {
        void take(byte[] frame, ByteArrayOutputStream whole, boolean last) throws IOException;
    }

    /** Closes all ways and their connections. */
    @Override
    public void close() {
        closed = true;
        for (ServerSocket door : doors) {
            try {
                door.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        sockets.forEach(this::end);
    }
}
