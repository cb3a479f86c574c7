// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The encoding of Protocol Buffers, as its description has it. */
final class ProtoTest {
    @Test
    void numbersAndTexts_areWrittenAsTheDescriptionSays() {
        byte[] written = new ProtoWriter()
                .number(1, 150)
                .utf8(2, "testing")
                .number(3, 0)
                .evenZero(4, 0)
                .toByteArray();
        assertThat(HexFormat.of().formatHex(written)).isEqualTo("089601" + "120774657374696e67" + "2000");
    }

    @Test
    void everyNumber_readsBack() {
        for (long number : new long[] {1, 127, 128, 1L << 35, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            ProtoReader reader =
                    new ProtoReader(new ProtoWriter().number(9, number).toByteArray());
            assertThat(reader.next()).isTrue();
            assertThat(reader.field()).isEqualTo(9);
            assertThat(reader.number()).isEqualTo(number);
            assertThat(reader.next()).isFalse();
        }
    }

    @Test
    void fieldsThatNobodyKnows_areSkipped() {
        byte[] message = HexFormat.of().parseHex("0d01020304" + "110102030405060708" + "a2060161" + "1005");
        ProtoReader reader = new ProtoReader(message);
        long found = 0;
        while (reader.next()) {
            found = reader.field() == 2 && reader.number() != 0 ? reader.number() : found;
        }
        assertThat(found).isEqualTo(5);
    }

    @Test
    void messageThatIsCutShort_isAnError_whereverItIsCut() {
        byte[] whole = new ProtoWriter().utf8(2, "a text that is cut").toByteArray();
        for (int length = 1; length < whole.length; length++) {
            ProtoReader reader = new ProtoReader(Arrays.copyOf(whole, length));
            assertThatThrownBy(reader::next).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void prefix_endsAfterItsLastKey() {
        assertThat(Range.endOf("a/")).isEqualTo("a0");
        assertThat(Range.endOf("a\u00ff")).isEqualTo("b");
        assertThat(Range.endOf("\u00ff\u00ff")).isEqualTo("\0");
    }
}
