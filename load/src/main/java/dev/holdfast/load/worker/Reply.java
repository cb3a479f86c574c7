// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.worker;

import dev.holdfast.BackendException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** What a worker found, as one line of text between the processes. */
public final class Reply {
    private static final String OK = "ok";
    private static final String FAILED = "failed ";
    private static final String OUTAGE = "outage ";

    private final Map<String, String> values = new LinkedHashMap<>();

    Reply() {}

    Reply with(String name, long number) {
        values.put(name, Long.toString(number));
        return this;
    }

    Reply with(String name, Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        values.put(name, Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length)));
        return this;
    }

    /**
     * A number that the worker found.
     *
     * @param name its name
     * @return the number
     */
    public long number(String name) {
        return Long.parseLong(value(name));
    }

    /**
     * Times that the worker measured.
     *
     * @param name their name
     * @return in nanoseconds
     */
    public Histogram histogram(String name) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(value(name))), 0);
        } catch (DataFormatException e) {
            throw new IllegalStateException("a worker sent broken times", e);
        }
    }

    /**
     * Times that several workers measured.
     *
     * @param replies of the workers, at least one
     * @param name their name
     * @return in nanoseconds
     */
    public static Histogram merge(List<Reply> replies, String name) {
        Histogram sum = replies.get(0).histogram(name);
        replies.stream().skip(1).forEach(reply -> sum.add(reply.histogram(name)));
        return sum;
    }

    private String value(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    String line() {
        StringBuilder line = new StringBuilder(OK);
        values.forEach(
                (name, value) -> line.append(' ').append(name).append('=').append(value));
        return line.toString();
    }

    static String failure(Throwable e) {
        boolean outage = e instanceof BackendException;
        StringBuilder line = new StringBuilder(outage ? OUTAGE : FAILED).append(outage ? e.getMessage() : e);
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            outage |= cause instanceof BackendException;
            line.append("; because of ").append(cause);
        }
        if (outage) {
            line.replace(0, OUTAGE.length(), OUTAGE);
        }
        return line.toString().replaceAll("\\R", "; ");
    }

    static Reply parse(String line) throws WorkerFailure {
        if (line.startsWith(FAILED) || line.startsWith(OUTAGE)) {
            throw new WorkerFailure(line.substring(FAILED.length()), line.startsWith(OUTAGE));
        }
        String[] words = line.split(" ", -1);
        if (!words[0].equals(OK)) {
            throw new WorkerFailure("it said: " + line);
        }
        Reply reply = new Reply();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            reply.values.put(words[i].substring(0, equals), words[i].substring(equals + 1));
        }
        return reply;
    }
}
