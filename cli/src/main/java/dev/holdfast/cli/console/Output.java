// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

import dev.holdfast.spi.Printable;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Serial;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the command answers, line by line. Unlike {@code System.out} it says so when a line cannot be written: an answer that was cut
 * off on a full disk must not pass for the whole one.
 */
public final class Output implements AutoCloseable {
    private final Writer writer;
    private final CharsetEncoder encoder;

    public Output(OutputStream to, Charset charset) {
        writer = new BufferedWriter(new OutputStreamWriter(to, charset));
        encoder = charset.newEncoder();
    }

    /** The process's own output. */
    public static Output standard() {
        return new Output(new FileOutputStream(FileDescriptor.out), charset());
    }

    private static Charset charset() {
        // The first exists from JDK 19 on, the second before it and for a terminal only, the third from JDK 17 on.
        for (String property : new String[] {"stdout.encoding", "sun.stdout.encoding", "native.encoding"}) {
            String name = System.getProperty(property);
            if (name != null && Charset.isSupported(name)) {
                return Charset.forName(name);
            }
        }
        return StandardCharsets.UTF_8;
    }

    /**
     * Writes a line.
     *
     * @param text without an end of line
     * @throws ReaderGone if nobody reads any more
     * @throws Failure if it cannot be written for another reason
     */
    public void line(String text) {
        try {
            writer.write(text);
            writer.write(System.lineSeparator());
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /**
     * A text from outside for a person's eyes: as it is if it is plain, otherwise in quotes and with escapes, so that it neither
     * plays tricks on the terminal nor looks like another one. Never cut.
     *
     * @param text a name or a label
     * @return what to write
     */
    public String shown(String text) {
        String quoted = Printable.quoted(text, Integer.MAX_VALUE);
        boolean plain = quoted.length() == text.length() + 2
                && !text.isEmpty()
                && !text.startsWith(" ")
                && !text.endsWith(" ")
                && encoder.canEncode(text);
        if (plain) {
            return text;
        }
        StringBuilder shown = new StringBuilder();
        quoted.codePoints().mapToObj(Character::toString).forEach(character -> {
            if (encoder.canEncode(character)) {
                shown.append(character);
            } else {
                character.chars().forEach(unit -> shown.append(Text.escape((char) unit)));
            }
        });
        return shown.toString();
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static RuntimeException failure(IOException e) {
        String message = e.getMessage();
        return message != null && message.contains("Broken pipe")
                ? new ReaderGone(e)
                : new Failure(ExitCodes.FAILURE, "cannot write to the standard output", e);
    }

    /** Whoever read the output has seen enough, like {@code head}. No reason to say anything. */
    public static final class ReaderGone extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        ReaderGone(@Nullable Throwable cause) {
            super(cause);
        }
    }
}
