// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.redis.link.Access;
import dev.holdfast.redis.link.Driver;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A node that answers what a test tells it to, and otherwise what a Redis answers to a client that has just connected. */
final class ScriptedNode implements AutoCloseable {
    /** Nothing, for ever. */
    static final String SILENCE = "";

    private final ServerSocket door;
    private final Script script;
    private final String mode;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean connected;

    /** What a command is answered. */
    @FunctionalInterface
    interface Script {
        /** The bytes of the answer, or null for the usual one. */
        @Nullable
        String answer(String command, List<String> words);
    }

    ScriptedNode(String mode, Script script) throws IOException {
        this.mode = mode;
        this.script = script;
        door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::admit);
    }

    static Driver driver() {
        return new Driver(new Access(null, null, 0, false, null, null, null), UnaryOperator.identity());
    }

    int port() {
        return door.getLocalPort();
    }

    InetSocketAddress address() {
        return InetSocketAddress.createUnresolved("127.0.0.1", port());
    }

    private static void start(Runnable body) {
        Thread thread = new Thread(body, "scripted-node");
        thread.setDaemon(true);
        thread.start();
    }

    private void admit() {
        while (!door.isClosed()) {
            try {
                Socket socket = door.accept();
                connected = true;
                sockets.add(socket);
                start(() -> serve(socket));
            } catch (IOException e) {
                return; // It was closed.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            OutputStream out = socket.getOutputStream();
            while (true) {
                List<String> words = new ArrayList<>();
                for (int left = number(in); left > 0; left--) {
                    byte[] word = new byte[number(in)];
                    in.readFully(word);
                    in.readUnsignedShort();
                    words.add(new String(word, StandardCharsets.UTF_8));
                }
                String said = script.answer(words.get(0), words);
                out.write((said == null ? usual(words) : said).getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            sockets.remove(socket); // The client is gone, or the test has ended it.
        }
    }

    /** What stands after the type, up to the end of the line. */
    private static int number(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
            line.append((char) next);
        }
        return Integer.parseInt(line.substring(1).strip());
    }

    private String usual(List<String> words) {
        return switch (words.get(0)) {
            case "HELLO" ->
                "%7\r\n" + text("server") + text("redis") + text("version") + text("7.4.0") + text("proto") + ":3\r\n"
                        + text("id") + ":1\r\n" + text("mode") + text(mode) + text("role") + text("master")
                        + text("modules") + "*0\r\n";
            case "SCRIPT", "INFO" -> text("");
            case "CONFIG" -> "%0\r\n";
            case "TIME" -> time(System.currentTimeMillis());
            case "SSUBSCRIBE", "SUBSCRIBE" -> words.size() > 2 ? "-CROSSSLOT\r\n" : subscribed(words);
            case "PING" -> "+PONG\r\n";
            default -> "+OK\r\n";
        };
    }

    static String time(long millis) {
        return "*2\r\n" + text(Long.toString(millis / 1_000)) + text(Long.toString(millis % 1_000 * 1_000));
    }

    static String subscribed(List<String> words) {
        String kind = words.get(0).startsWith("SS") ? "ssubscribe" : "subscribe";
        return ">3\r\n" + text(kind) + text(words.get(1)) + ":1\r\n";
    }

    static String text(String value) {
        return "$" + value.length() + "\r\n" + value + "\r\n";
    }

    /** Whether anybody ever connected. */
    boolean everHadClients() {
        return connected;
    }

    /** How many connections there are. */
    int clients() {
        return sockets.size();
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
