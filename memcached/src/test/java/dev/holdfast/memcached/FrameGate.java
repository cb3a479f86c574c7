// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * Passes commands of memcached on, and knows what they are: it can hold one back on a connection that the client thinks broken, send one twice, lose the reply
 * to one, and change what the server says. What happens to bytes is the business of the proxy behind it.
 */
final class FrameGate implements AutoCloseable {
    /** For so long a client hears nothing on a connection on which a command is held, and then it breaks: longer than its calls may take. */
    private static final long UNTIL_BROKEN = 600_000_000L;

    private final Set<ServerSocket> doors = ConcurrentHashMap.newKeySet();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicBoolean holdNext = new AtomicBoolean();
    private final AtomicBoolean loseNext = new AtomicBoolean();
    private final AtomicBoolean doubleNext = new AtomicBoolean();
    private final AtomicReference<Held> held = new AtomicReference<>();
    private volatile UnaryOperator<String> says = UnaryOperator.identity();
    private volatile boolean closed;

    /** A command that the server has not got yet, a character for each byte. */
    private record Held(String frame, Socket upstream, CountDownLatch applied) {}

    /** Opens a way to a server; the faults are those of all ways. */
    int portTo(InetSocketAddress server) {
        try {
            ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            doors.add(door);
            start("gate", () -> admit(door, server));
            return door.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many commands about locks clients have sent. */
    long calls() {
        return calls.get();
    }

    void loseNext() {
        loseNext.set(true);
    }

    void holdNext() {
        holdNext.set(true);
    }

    void doubleNext() {
        doubleNext.set(true);
    }

    /** Changes replies, each with its line ends, from now on. */
    void says(UnaryOperator<String> change) {
        says = change;
    }

    /** Lets the held command arrive, and returns when it was applied. */
    void deliver() {
        Held call = held.getAndSet(null);
        if (call == null) {
            throw new AssertionError("no request is held");
        }
        try {
            call.upstream.getOutputStream().write(call.frame.getBytes(StandardCharsets.ISO_8859_1));
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
        private final CountDownLatch applied = new CountDownLatch(1);
        private long asked;
        private long answered;
        private volatile long loseAt = -1;
        private volatile boolean detached;

        Pair(Socket client, Socket upstream, InetSocketAddress server) {
            this.server = server;
            this.client = client;
            this.upstream = upstream;
        }

        void run() {
            start("replies", () -> pump(this::replies));
            pump(this::commands);
        }

        private void pump(Pump pump) {
            try {
                pump.run();
            } catch (IOException e) {
                // One side is gone, so the other has to go.
            }
            end(client);
            if (!detached) {
                end(upstream);
            }
        }

        private void commands() throws IOException {
            BufferedInputStream in = new BufferedInputStream(client.getInputStream());
            Frames frames = new Frames(in);
            OutputStream out = upstream.getOutputStream();
            for (byte[] frame = frames.command(); frame != null; frame = frames.command()) {
                asked++;
                if (isCall(frame)) {
                    calls.incrementAndGet();
                    if (loseNext.compareAndSet(true, false)) {
                        loseAt = asked;
                    }
                    if (holdNext.compareAndSet(true, false)) {
                        detached = true;
                        held.set(new Held(new String(frame, StandardCharsets.ISO_8859_1), upstream, applied));
                        LockSupport.parkNanos(UNTIL_BROKEN);
                        return;
                    }
                    if (doubleNext.compareAndSet(true, false)) {
                        sendApart(frame, server);
                    }
                }
                out.write(frame);
            }
        }

        private void replies() throws IOException {
            Frames frames = new Frames(new BufferedInputStream(upstream.getInputStream()));
            for (byte[] frame = frames.reply(); frame != null; frame = frames.reply()) {
                if (++answered == loseAt) {
                    throw new IOException("the answer is lost, and so is the connection");
                }
                if (detached) {
                    applied.countDown();
                } else {
                    String said = says.apply(new String(frame, StandardCharsets.ISO_8859_1));
                    client.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
                }
            }
        }
    }

    /** About a lock: not of the greeting, nor about a counter. */
    private static boolean isCall(byte[] frame) {
        String[] words = new String(frame, StandardCharsets.ISO_8859_1).split("[ \r]", 3);
        return Set.of("ms", "mg", "md", "add", "gets", "cas").contains(words[0]) && words[1].indexOf(':') < 0;
    }

    /** The same command on a connection of its own, before the other one. */
    private void sendApart(byte[] frame, InetSocketAddress server) throws IOException {
        try (Socket apart = new Socket()) {
            apart.connect(server, 5_000);
            apart.setSoTimeout(5_000);
            apart.getOutputStream().write(frame);
            if (apart.getInputStream().read() < 0) {
                throw new IOException("no answer to the duplicate");
            }
        }
    }

    @FunctionalInterface
    private interface Pump {
        void run() throws IOException;
    }

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
