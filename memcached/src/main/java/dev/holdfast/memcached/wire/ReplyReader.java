// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes replies off a stream, of the meta commands and of the older ones. For one thread at a time. */
public final class ReplyReader {
    private static final int BUFFER = 16 * 1024;
    private static final int LONGEST_LINE = 4 * 1024;
    private static final int LARGEST_DATA = 1024 * 1024;

    private final InputStream in;

    /** What has been read and not been taken: from {@link #from} to {@link #to}. */
    private byte[] buffer = new byte[BUFFER];

    private int from;
    private int to;

    /** How far the present reply has been looked at. */
    private int at;

    /**
     * A reader.
     *
     * @param in what the server sends
     */
    public ReplyReader(InputStream in) {
        this.in = in;
    }

    /**
     * Waits for the next reply.
     *
     * @return the reply
     * @throws IOException if the connection ends, or what comes is not of memcached
     */
    public Reply next() throws IOException {
        Reply reply = poll();
        while (reply == null) {
            fill();
            reply = poll();
        }
        return reply;
    }

    /**
     * Waits until there is more than there was. What was read before is kept if it fails.
     *
     * @throws IOException if the connection ends, or nothing came in the socket's time
     */
    public void fill() throws IOException {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        if (to == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * to);
        }
        int count = in.read(buffer, to, buffer.length - to);
        if (count < 0) {
            throw new EOFException("the server closed the connection" + (to > 0 ? " in the middle of a reply" : ""));
        }
        to += count;
    }

    /**
     * Takes the next reply, if it is all there.
     *
     * @return the reply, or null if some of it is still to come
     * @throws IOException if what came is not of memcached
     */
    public @Nullable Reply poll() throws IOException {
        at = from;
        Reply reply = reply();
        if (reply != null) {
            from = at;
        }
        return reply;
    }

    private @Nullable Reply reply() throws IOException {
        String line = line();
        if (line == null) {
            return null;
        }
        List<String> words = List.of(line.split(" ", -1));
        return switch (words.get(0)) {
            case "VA" -> withData(words, 1);
            case "VALUE" -> value(words);
            case "STAT" -> statistics(words, line);
            default -> new Reply(words, null, List.of());
        };
    }

    private @Nullable Reply withData(List<String> words, int lengthAt) throws IOException {
        String data = data(words, lengthAt);
        return data == null ? null : new Reply(words, data, List.of());
    }

    /** One value at most was asked for. */
    private @Nullable Reply value(List<String> words) throws IOException {
        Reply value = withData(words, 3);
        String end = value == null ? null : line();
        if (end != null && !end.equals("END")) {
            throw strange(end);
        }
        return end == null ? null : value;
    }

    private @Nullable Reply statistics(List<String> words, String first) throws IOException {
        List<String> lines = new ArrayList<>();
        String line = first;
        while (line != null && !line.equals("END")) {
            lines.add(line);
            line = line();
        }
        return line == null ? null : new Reply(words, null, List.copyOf(lines));
    }

    private @Nullable String data(List<String> words, int lengthAt) throws IOException {
        int length;
        try {
            length = Integer.parseInt(words.get(lengthAt));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new IOException("not a reply of memcached: " + String.join(" ", words), e);
        }
        if (length < 0 || length > LARGEST_DATA) {
            throw new IOException("a value of " + length + " bytes where a lock belongs");
        }
        if (to - at < length + 2) {
            return null;
        }
        String data = new String(buffer, at, length, StandardCharsets.ISO_8859_1);
        if (buffer[at + length] != '\r' || buffer[at + length + 1] != '\n') {
            throw new IOException("a value that is longer than it says");
        }
        at += length + 2;
        return data;
    }

    /** Without its end; null if that is still to come. */
    private @Nullable String line() throws IOException {
        int end = at;
        while (end < to && buffer[end] != '\n') {
            end++;
        }
        String text = new String(buffer, at, end - at, StandardCharsets.ISO_8859_1);
        if (end - at > LONGEST_LINE) {
            throw strange(text);
        }
        if (end == to) {
            return null;
        }
        if (!text.endsWith("\r")) {
            throw strange(text);
        }
        at = end + 1;
        return text.substring(0, text.length() - 1);
    }

    private static IOException strange(String line) {
        return new IOException("not a reply of memcached: "
                + line.substring(0, Math.min(60, line.length())).replaceAll("[^ -}]", "?"));
    }
}
