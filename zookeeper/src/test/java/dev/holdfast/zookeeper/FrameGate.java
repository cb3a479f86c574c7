// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.testkit.proxy.FrameCounter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Passes frames of ZooKeeper on, and knows what they are: it can hold a request about a lock back on a connection that the client thinks
 * broken, lose the reply to one, and drop what the server pushes. What happens to bytes is the business of the proxy behind it.
 */
final class FrameGate implements AutoCloseable {
    private static final int CHUNK = 16 * 1024;

    /** Behind the four bytes of the length. */
    private static final int XID = 4;

    private static final int TYPE = 8;
    private static final int PUSH = -1;

    /** delete, exists, getData, setData, getChildren, multi, create and the create of containers. */
    private static final Set<Integer> LOCKS = Set.of(2, 3, 4, 5, 12, 14, 15, 19, 1);

    /** For so long a client hears nothing on a connection on which a call is held, and then it breaks: longer than its calls may take. */
    private static final long UNTIL_BROKEN = 600_000_000L;

    private final Set<ServerSocket> doors = ConcurrentHashMap.newKeySet();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicBoolean holdNext = new AtomicBoolean();
    private final AtomicBoolean loseNext = new AtomicBoolean();
    private final AtomicReference<Held> held = new AtomicReference<>();
    private volatile boolean dropsPushes;
    private volatile boolean closed;

    /** A call that the server has not got yet. */
    private record Held(ByteArrayOutputStream frame, Socket upstream, CountDownLatch applied) {}

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

    /** How many requests about locks clients have sent. */
    long calls() {
        return calls.get();
    }

    void loseNext() {
        loseNext.set(true);
    }

    void holdNext() {
        holdNext.set(true);
    }

    void dropPushes(boolean value) {
        dropsPushes = value;
    }

    /** Lets the held call arrive, and returns when it was applied. */
    void deliver() {
        Held call = held.getAndSet(null);
        if (call == null) {
            throw new AssertionError("no request is held");
        }
        try {
            try {
                call.frame.writeTo(call.upstream.getOutputStream());
            } catch (SocketException e) {
                return; // The server has closed the connection: its session has moved on, so the request is refused.
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
        new Pair(client, upstream).run();
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
        private boolean begun;
        private boolean greeted;
        private volatile int loseXid = Integer.MIN_VALUE;
        private final CountDownLatch applied = new CountDownLatch(1);
        private volatile boolean detached;

        Pair(Socket client, Socket upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        void run() {
            start("replies", () -> pump(upstream, this::reply));
            pump(client, this::request);
        }

        private void pump(Socket from, Sink sink) {
            FrameCounter frames = FrameCounter.lengthPrefixed();
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            byte[] chunk = new byte[CHUNK];
            try {
                InputStream in = from.getInputStream();
                for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                    ByteArrayOutputStream whole = new ByteArrayOutputStream();
                    int at = 0;
                    while (at < length) {
                        int end = frames.frameEnd(chunk, at, length);
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
            boolean first = !begun;
            begun = true;
            if (first || !isCall(frame)) {
                whole.write(frame);
                return;
            }
            if (loseNext.compareAndSet(true, false)) {
                loseXid = number(frame, XID);
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
            whole.write(frame);
        }

        private void reply(byte[] frame, ByteArrayOutputStream whole, boolean last) throws IOException {
            if (last) {
                if (!detached) {
                    client.getOutputStream().write(whole.toByteArray());
                }
                return;
            }
            boolean first = !greeted;
            greeted = true;
            int xid = first ? 0 : number(frame, XID);
            if (xid == loseXid && !first) {
                throw new IOException("the answer is lost, and so is the connection");
            }
            if (detached && xid >= 0) {
                applied.countDown();
            } else if (!detached && (!dropsPushes || first || xid != PUSH)) {
                whole.write(frame);
            }
        }
    }

    /** Everything but signs of life, and what a connection begins and ends with. */
    private static boolean isCall(byte[] frame) {
        return frame.length >= TYPE + 4 && LOCKS.contains(number(frame, TYPE));
    }

    private static int number(byte[] frame, int at) {
        return ByteBuffer.wrap(frame).getInt(at);
    }

    /** Takes frames one by one, and then sends what is left of the whole chunk. */
    @FunctionalInterface
    private interface Sink {
        void take(byte[] frame, ByteArrayOutputStream whole, boolean last) throws IOException;
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
