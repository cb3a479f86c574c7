// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class FrameCounterTest {
    @Test
    void resp_commandsAndReplies_areOneFrameEachHoweverTheyAreSplit() {
        endsWhereItShould(
                FrameCounter::resp,
                "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\r\n*9\r\n",
                "+OK\r\n",
                "-ERR no\r\n",
                ":-17\r\n",
                "$-1\r\n",
                "$0\r\n\r\n",
                "*0\r\n",
                "*-1\r\n",
                "PING\r\n",
                "*2\r\n*2\r\n:1\r\n$1\r\n:\r\n*1\r\n*0\r\n");
    }

    @Test
    void resp3_mapsPushesAndAttributes_areOneFrameEach() {
        endsWhereItShould(
                FrameCounter::resp,
                "%2\r\n+a\r\n:1\r\n+b\r\n*2\r\n_\r\n#t\r\n",
                ">3\r\n+message\r\n$1\r\nc\r\n$2\r\nhi\r\n",
                "|1\r\n+ttl\r\n:3600\r\n*1\r\n,1.5\r\n",
                "~2\r\n(123\r\n=5\r\ntxt:x\r\n");
    }

    @Test
    void lengthPrefixed_framesOfAnyLength_areCounted() {
        endsWhereItShould(FrameCounter::lengthPrefixed, "\0\0\0\1x", "\0\0\0\0", "\0\0\1\0" + "y".repeat(256));
    }

    @Test
    void lines_endWithALineFeed() {
        endsWhereItShould(FrameCounter::lines, "mn\r\n", "\n", "ms key 2\r\n", "hi\r\n");
    }

    @Test
    void chunks_areFrames() {
        assertThat(FrameCounter.chunks().frameEnd(new byte[7], 3, 7)).isEqualTo(7);
    }

    private static void endsWhereItShould(Supplier<FrameCounter> counter, String... frames) {
        byte[] stream = String.join("", frames).getBytes(UTF_8);
        List<Integer> expected = new ArrayList<>();
        int end = 0;
        for (String frame : frames) {
            end += frame.length();
            expected.add(end);
        }
        for (int chunk : List.of(stream.length, 1, 2, 3, 7)) {
            assertThat(ends(counter.get(), stream, chunk))
                    .as("chunks of %s", chunk)
                    .isEqualTo(expected);
        }
    }

    private static List<Integer> ends(FrameCounter counter, byte[] stream, int chunk) {
        List<Integer> ends = new ArrayList<>();
        for (int start = 0; start < stream.length; start += chunk) {
            int to = Math.min(start + chunk, stream.length);
            int at = start;
            while (at < to) {
                int end = counter.frameEnd(stream, at, to);
                if (end < 0) {
                    break;
                }
                ends.add(end);
                at = end;
            }
        }
        return ends;
    }
}
