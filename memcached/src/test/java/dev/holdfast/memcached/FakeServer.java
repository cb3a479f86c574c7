// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** A server that answers each command, without its data, by a script; with nothing if the script says nothing, and goes away if that is null. */
final class FakeServer implements AutoCloseable {
    private final UnaryOperator<String> script;
    private final ServerSocket door;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    FakeServer(UnaryOperator<String> script) {
        this.script = script;
        try {
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::admit);
    }

    String uri() {
        return "memcached://127.0.0.1:" + door.getLocalPort();
    }

    private static void start(Runnable body) {
        Thread thread = new Thread(body, "fake-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void admit() {
        try {
            while (true) {
                Socket client = door.accept();
                sockets.add(client);
                start(() -> serve(client));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private void serve(Socket client) {
        try (client) {
            MemcachedFrames frames = MemcachedFrames.commands();
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            InputStream in = client.getInputStream();
            byte[] next = new byte[1];
            while (in.read(next) == 1) {
                frame.write(next);
                if (frames.frameEnd(next, 0, 1) < 0) {
                    continue;
                }
                String command = frame.toString(StandardCharsets.ISO_8859_1)
                        .lines()
                        .findFirst()
                        .orElse("");
                frame.reset();
                String answer = script.apply(command);
                if (answer == null) {
                    return;
                }
                client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
