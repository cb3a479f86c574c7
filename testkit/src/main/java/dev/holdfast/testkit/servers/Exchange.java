// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One question and one answer on a connection of their own, to see whether a server is there. Answers are ISO 8859-1. */
final class Exchange {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int LONGEST_ANSWER = 4_096;

    private Exchange() {}

    /** The first bytes of the answer; empty if the server hangs up. The question may be empty. */
    static String firstAnswer(int port, byte[] question) throws IOException {
        try (Socket socket = ask(port, question)) {
            byte[] answer = new byte[LONGEST_ANSWER];
            int length = socket.getInputStream().read(answer);
            return new String(answer, 0, Math.max(length, 0), StandardCharsets.ISO_8859_1);
        }
    }

    /** As {@link #firstAnswer(int, byte[])}, for a question in words. */
    static String firstAnswer(int port, String question) throws IOException {
        return firstAnswer(port, question.getBytes(StandardCharsets.US_ASCII));
    }

    /** The answer of a server that hangs up after it. */
    static String wholeAnswer(int port, String question) throws IOException {
        try (Socket socket = ask(port, question.getBytes(StandardCharsets.US_ASCII))) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static Socket ask(int port, byte[] question) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(LoopbackPorts.address(port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(question);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
