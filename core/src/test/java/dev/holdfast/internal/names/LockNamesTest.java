// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LockNamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"a", " ", "..", "/", "%", "a\r\nb", "\u0000", "'\"", "caf\u00e9", "cafe\u0301", "\uD83D\uDD12"})
    void check_name_isAccepted(String name) {
        assertThat(LockNames.check(name)).isSameAs(name);
    }

    @Test
    void check_1024Bytes_areAcceptedAndOneMoreIsNot() {
        for (String full : new String[] {
            "a".repeat(1024), "\u00e9".repeat(512), "\u20ac".repeat(341) + "a", "\uD83D\uDD12".repeat(256)
        }) {
            assertThat(LockNames.check(full)).isSameAs(full);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> LockNames.check(full + "b"))
                    .withMessageContaining("1,025 bytes")
                    .withMessageContaining("at most 1,024");
        }
    }

    @Test
    void check_emptyName_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockNames.check(""))
                .withMessageContaining("empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\ud83d", "\ud83da", "\udd12", "a\udd12\ud83d", "\ud83d\ud83d\udd12"})
    void check_loneSurrogate_isRefusedWithItsPlace(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockNames.check(name))
                .withMessageContaining("half of a surrogate pair at index")
                .satisfies(e -> assertThat(e.getMessage()).matches("\\P{Cs}*"));
    }

    @Test
    void check_longHostileName_isNotEchoedAsItIs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockNames.check("\u001b]0;\r\n" + "\u00e9".repeat(100_000)))
                .satisfies(e -> assertThat(e.getMessage()).matches("\\P{Cc}*").hasSizeLessThan(300));
    }

    @Test
    void check_randomText_agreesWithTheEncoder() {
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder builder = new StringBuilder();
            int kinds = 1 + random.nextInt(4);
            for (int length = random.nextInt(i % 4 == 0 ? 1100 : 8); length >= 0; length--) {
                switch (random.nextInt(kinds)) {
                    case 0 -> builder.append((char) random.nextInt(0x80));
                    case 1 -> builder.append((char) random.nextInt(0xd800));
                    case 2 -> builder.appendCodePoint(0x10000 + random.nextInt(0x100000));
                    default -> builder.append((char) (random.nextInt(20) == 0 ? 0xd800 + random.nextInt(0x800) : 'a'));
                }
            }
            String name = builder.toString();
            assertThat(accepted(name)).as(name).isEqualTo(bytes(name) >= 1 && bytes(name) <= 1024);
        }
    }

    private static boolean accepted(String name) {
        try {
            LockNames.check(name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static int bytes(String name) {
        try {
            return StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(name))
                    .limit();
        } catch (CharacterCodingException e) {
            return -1;
        }
    }

    @Test
    void checkPrefix_upTo256Bytes_isAccepted() {
        assertThat(LockNames.checkPrefix("")).isEmpty();
        assertThat(LockNames.checkPrefix("p".repeat(256))).hasSize(256);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockNames.checkPrefix("p".repeat(257)))
                .withMessageContaining("257 bytes");
    }

    @Test
    void checkStart_anyBeginningOfAName_isAccepted() {
        for (String start : new String[] {"", "a", "\u0000", "\n", "a".repeat(1024), "\uD83D\uDD12".repeat(256)}) {
            assertThat(LockNames.checkStart(start)).isSameAs(start);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d", "a\udd12", "\udd12\ud83d"})
    void checkStart_loneSurrogate_isRefused(String start) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockNames.checkStart(start))
                .withMessageContaining("half of a surrogate pair at index");
    }

    @Test
    void checkStart_longerThanAnyName_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LockNames.checkStart("a".repeat(1025)))
                .withMessageContaining("1,025 bytes");
    }
}
