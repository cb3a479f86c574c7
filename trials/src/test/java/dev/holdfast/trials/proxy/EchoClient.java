// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Speaks lines. */
final class EchoClient implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Socket socket = new Socket();
    private final BufferedReader in;

    EchoClient(InetSocketAddress address) throws IOException {
        socket.connect(address, (int) PATIENCE.toMillis());
        socket.setTcpNoDelay(true);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    void say(String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
    }

    /** The next line; null at the end of the connection. */
    String hear() throws IOException {
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return in.readLine();
    }

    String ask(String line) throws IOException {
        say(line);
        return hear();
    }

    /** Whether nothing comes for a while. */
    boolean hearsNothing() throws IOException {
        socket.setSoTimeout(150);
        try {
            in.mark(1);
            if (in.read() < 0) {
                return false;
            }
            in.reset();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
