// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.memcached;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A connection to memcached for one thread at a time: it sends, and waits for the answer. No client can be faster. */
final class Line implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;

    Line(String place) throws IOException {
        URI uri = URI.create(place);
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends a command, and reads the one line of its answer. */
    String ask(String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
        StringBuilder answer = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("memcached closed the connection");
            }
            answer.append((char) next);
        }
        return answer.toString().trim();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
