// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Replies come in pieces, and a reader that had no more time is followed by another. */
final class ReplyReaderTest {
    private static final String REPLIES = String.join(
            "\r\n",
            "HD O1 c7",
            "VA 9 O2 t3",
            "a\r\nb|job|",
            "VALUE k 0 2 5",
            "xy",
            "END",
            "EN",
            "STAT pid 1",
            "STAT uptime 2",
            "END",
            "VERSION 1.6.18",
            "");

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** One byte at each read, and before each a read that runs out of time. */
    private static final class Dripping extends InputStream {
        private final InputStream behind;
        private boolean outOfTime;

        Dripping(InputStream behind) {
            this.behind = behind;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            outOfTime = !outOfTime;
            if (outOfTime) {
                throw new SocketTimeoutException();
            }
            return behind.read(bytes, offset, 1);
        }
    }

    private static Reply patiently(ReplyReader reader) throws IOException {
        while (true) {
            Reply reply = reader.poll();
            if (reply != null) {
                return reply;
            }
            try {
                reader.fill();
            } catch (SocketTimeoutException e) {
                assertThat(reader.poll()).isNull();
            }
        }
    }

    @Test
    void repliesInPieces_areTheSameAsInOne() throws IOException {
        ReplyReader whole = new ReplyReader(stream(REPLIES));
        ReplyReader pieces = new ReplyReader(new Dripping(stream(REPLIES)));
        for (String first : new String[] {"HD", "VA", "VALUE", "EN", "STAT", "VERSION"}) {
            Reply reply = whole.next();
            assertThat(reply.status()).isEqualTo(first);
            assertThat(patiently(pieces)).isEqualTo(reply);
        }
        assertThatThrownBy(whole::next).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> patiently(pieces)).isInstanceOf(EOFException.class);
    }

    @Test
    void valueLargerThanTheBuffer_isReadWhole() throws IOException {
        String value = "v".repeat(100_000);
        ReplyReader reader = new ReplyReader(stream("VA 100000 O1\r\n" + value + "\r\nHD O2\r\n"));
        assertThat(reader.next().data()).isEqualTo(value);
        assertThat(reader.next().status()).isEqualTo("HD");
    }

    @Test
    void streamThatEndsInAReply_isSaidToDoSo() {
        assertThatThrownBy(() -> new ReplyReader(stream("VA 5 O1\r\nab")).next())
                .isInstanceOf(EOFException.class)
                .hasMessageContaining("in the middle of a reply");
    }

    @Test
    void whatIsNotOfMemcached_isRefused() {
        for (String strange : new String[] {"HTTP/1.1 200 OK\n", "VA x O1\r\n", "VA 1 O1\r\nabc", "x".repeat(5_000)}) {
            assertThatThrownBy(() -> new ReplyReader(stream(strange)).next())
                    .as(strange)
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(EOFException.class);
        }
    }
}
