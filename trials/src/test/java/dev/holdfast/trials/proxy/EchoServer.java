// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers every line with itself, and remembers what it read. */
final class EchoServer implements AutoCloseable {
    static final String HUNG_UP = "(end)";
    static final String BROKEN_OFF = "(reset)";

    private final Door door = new Door(LoopbackPorts.address(LoopbackPorts.free(1)[0]), this::admit);
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    EchoServer() throws IOException {
        door.open();
    }

    InetSocketAddress address() {
        return door.address();
    }

    /** The lines of all connections in the order of their arrival, and how connections ended. */
    List<String> heard() {
        return heard;
    }

    private void admit(Socket socket) {
        sockets.add(socket);
        Thread thread = new Thread(() -> echo(socket), "echo-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void echo(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                heard.add(line);
                socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
            }
            heard.add(HUNG_UP);
        } catch (IOException e) {
            heard.add(BROKEN_OFF);
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
