// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection to Redis that knows commands and the plainest replies: enough to make a cluster. */
final class RedisWire implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 5_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    RedisWire(int port) throws IOException {
        try {
            socket.connect(LoopbackPorts.address(port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** One command on a connection of its own. */
    static String ask(int port, String... words) throws IOException {
        try (RedisWire wire = new RedisWire(port)) {
            return wire.ask(words);
        }
    }

    /** The reply as text: a status, a number or a string; the elements of an array one per line, null as nothing. */
    String ask(String... words) throws IOException {
        StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            command.append('$')
                    .append(word.length())
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        socket.getOutputStream().write(command.toString().getBytes(StandardCharsets.ISO_8859_1));
        return reply();
    }

    private String reply() throws IOException {
        String line = line();
        String rest = line.substring(1);
        switch (line.charAt(0)) {
            case '+', ':' -> {
                return rest;
            }
            case '$' -> {
                int length = Integer.parseInt(rest);
                return length < 0 ? "" : new String(exactly(length + 2), 0, length, StandardCharsets.ISO_8859_1);
            }
            case '*' -> {
                StringBuilder elements = new StringBuilder();
                for (int i = Integer.parseInt(rest); i > 0; i--) {
                    elements.append(reply()).append('\n');
                }
                return elements.toString();
            }
            default -> throw new IOException("Redis says " + line);
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("Redis hung up");
            }
            line.append((char) b);
        }
        return line.toString().strip();
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("Redis hung up");
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
