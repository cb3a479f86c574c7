// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Takes whole commands, or whole replies, off a stream. */
final class Frames {
    private final InputStream in;
    private final ByteArrayOutputStream frame = new ByteArrayOutputStream();

    Frames(InputStream in) {
        this.in = in;
    }

    /** The next command with its data, or null at the end. */
    byte @Nullable [] command() throws IOException {
        frame.reset();
        String line = line();
        if (line == null) {
            return null;
        }
        String[] words = line.trim().split(" ", -1);
        switch (words[0]) {
            case "ms" -> data(words[2]);
            case "set", "add", "cas" -> data(words[4]);
            default -> {}
        }
        return frame.toByteArray();
    }

    /** The next reply with its data, or null at the end. */
    byte @Nullable [] reply() throws IOException {
        frame.reset();
        String line = line();
        if (line == null) {
            return null;
        }
        String[] words = line.trim().split(" ", -1);
        switch (words[0]) {
            case "VA" -> data(words[1]);
            case "VALUE" -> {
                data(words[3]);
                line();
            }
            case "STAT" -> {
                while (line != null && !line.equals("END\r\n")) {
                    line = line();
                }
            }
            default -> {}
        }
        return frame.toByteArray();
    }

    private void data(String length) throws IOException {
        frame.writeBytes(in.readNBytes(Integer.parseInt(length) + 2));
    }

    private @Nullable String line() throws IOException {
        int from = frame.size();
        for (int next = in.read(); next >= 0; next = in.read()) {
            frame.write(next);
            if (next == '\n') {
                return frame.toString(StandardCharsets.ISO_8859_1).substring(from);
            }
        }
        return null;
    }
}
