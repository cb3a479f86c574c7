// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.wire;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Takes replies off a stream, of the meta commands and of the older ones. For one thread. */
public final class ReplyReader {
    private static final int BUFFER = 16 * 1024;
    private static final int LONGEST_LINE = 4 * 1024;
    private static final int LARGEST_DATA = 1024 * 1024;

    private final InputStream in;

    /**
     * A reader.
     *
     * @param in what the server sends
     */
    public ReplyReader(InputStream in) {
        this.in = new BufferedInputStream(in, BUFFER);
    }

    /**
     * Waits for the next reply.
     *
     * @return the reply
     * @throws IOException if the connection ends, or what comes is not of memcached
     */
    public Reply next() throws IOException {
        String line = line();
        List<String> words = List.of(line.split(" ", -1));
        return switch (words.get(0)) {
            case "VA" -> new Reply(words, data(words, 1), List.of());
            case "VALUE" -> value(words);
            case "STAT" -> statistics(words, line);
            default -> new Reply(words, null, List.of());
        };
    }

    /** One value at most was asked for. */
    private Reply value(List<String> words) throws IOException {
        String data = data(words, 3);
        String end = line();
        if (!end.equals("END")) {
            throw strange(end);
        }
        return new Reply(words, data, List.of());
    }

    private Reply statistics(List<String> words, String first) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = first; !line.equals("END"); line = line()) {
            lines.add(line);
        }
        return new Reply(words, null, List.copyOf(lines));
    }

    private String data(List<String> words, int lengthAt) throws IOException {
        int length;
        try {
            length = Integer.parseInt(words.get(lengthAt));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new IOException("not a reply of memcached: " + String.join(" ", words), e);
        }
        if (length < 0 || length > LARGEST_DATA) {
            throw new IOException("a value of " + length + " bytes where a lock belongs");
        }
        byte[] data = in.readNBytes(length);
        if (data.length < length || in.read() != '\r' || in.read() != '\n') {
            throw new EOFException("the connection ended in the middle of a value");
        }
        return new String(data, StandardCharsets.ISO_8859_1);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(32);
        while (true) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (next == '\n') {
                break;
            }
            line.write(next);
            if (line.size() > LONGEST_LINE) {
                throw strange(line.toString(StandardCharsets.ISO_8859_1));
            }
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        if (!text.endsWith("\r")) {
            throw strange(text);
        }
        return text.substring(0, text.length() - 1);
    }

    private static IOException strange(String line) {
        return new IOException("not a reply of memcached: "
                + line.substring(0, Math.min(60, line.length())).replaceAll("[^ -}]", "?"));
    }
}
