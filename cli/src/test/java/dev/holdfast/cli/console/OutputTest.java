// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class OutputTest {
    private static String shown(String text, Charset charset) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Output out = new Output(bytes, charset)) {
            out.line(out.shown(text));
        }
        return bytes.toString(charset).strip();
    }

    @Test
    void plainText_isShownAsItIs() {
        assertThat(shown("orders/42", StandardCharsets.US_ASCII)).isEqualTo("orders/42");
        assertThat(shown("two words", StandardCharsets.UTF_8)).isEqualTo("two words");
        assertThat(shown("m\u00fcll \ud83d\udd12", StandardCharsets.UTF_8)).isEqualTo("m\u00fcll \ud83d\udd12");
        assertThat(shown("n".repeat(1024), StandardCharsets.UTF_8)).isEqualTo("n".repeat(1024));
    }

    @Test
    void textThatCouldMislead_isQuotedAndEscaped() {
        assertThat(shown("", StandardCharsets.UTF_8)).isEqualTo("\"\"");
        assertThat(shown(" a", StandardCharsets.UTF_8)).isEqualTo("\" a\"");
        assertThat(shown("a ", StandardCharsets.UTF_8)).isEqualTo("\"a \"");
        assertThat(shown("\"a\"", StandardCharsets.UTF_8)).isEqualTo("\"\\\"a\\\"\"");
        assertThat(shown("a\\u000a", StandardCharsets.UTF_8)).isEqualTo("\"a\\\\u000a\"");
        assertThat(shown("a\nb", StandardCharsets.UTF_8)).isEqualTo("\"a\\u000ab\"");
        assertThat(shown("\u001b[2J", StandardCharsets.UTF_8)).isEqualTo("\"\\u001b[2J\"");
        assertThat(shown("\u202ea", StandardCharsets.UTF_8)).isEqualTo("\"\\u202ea\"");
        assertThat(shown("a\ud83d", StandardCharsets.UTF_8)).isEqualTo("\"a\\ud83d\"");
    }

    @Test
    void textThatTheTerminalCannotShow_isEscaped() {
        assertThat(shown("m\u00fcll", StandardCharsets.US_ASCII)).isEqualTo("\"m\\u00fcll\"");
        assertThat(shown("m\u00fcll\ud83d\udd12", StandardCharsets.ISO_8859_1))
                .isEqualTo("\"m\u00fcll\\ud83d\\udd12\"");
    }

    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException(message);
            }
        };
    }

    @Test
    void outputThatCannotBeWritten_isAFailure() {
        assertThatThrownBy(() -> {
                    try (Output out = new Output(failing("No space left on device"), StandardCharsets.UTF_8)) {
                        out.line("x");
                    }
                })
                .isInstanceOf(Failure.class)
                .satisfies(e -> assertThat(((Failure) e).exitCode()).isEqualTo(ExitCodes.FAILURE));
    }

    @Test
    void outputThatNobodyReads_isTold_asSuch() {
        assertThatThrownBy(() -> {
                    try (Output out = new Output(failing("Broken pipe"), StandardCharsets.UTF_8)) {
                        out.line("x");
                    }
                })
                .isInstanceOf(Output.ReaderGone.class);
    }
}
