// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeySpaceTest {
    private static final Map<String, KeySpace> SPACES = Map.of(
            "portable-64", KeySpace.of(KeySpace.PORTABLE, 64),
            "portable-200", KeySpace.of(KeySpace.PORTABLE, 200),
            "path-200", KeySpace.of(KeySpace.PORTABLE + "/", 200),
            "mixed-128", KeySpace.of(KeySpace.PORTABLE + "ABCDEFGHIJKLMNOPQRSTUVWXYZ/:@", 128));
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u([0-9a-f]{4})|\\\\)");

    @ParameterizedTest
    @MethodSource("frozenExamples")
    void keyOf_frozenExample_neverChanges(String space, String name, String key) {
        assertThat(SPACES.get(space).keyOf(name)).isEqualTo(key);
    }

    static Stream<Object[]> frozenExamples() throws IOException {
        try (InputStream file = Objects.requireNonNull(KeySpaceTest.class.getResourceAsStream("keys.txt"))) {
            List<Object[]> examples = new String(file.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", -1))
                    .map(columns -> new Object[] {columns[0], unescaped(columns[1]), columns[2]})
                    .toList();
            assertThat(examples).hasSizeGreaterThanOrEqualTo(420);
            return examples.stream();
        }
    }

    private static String unescaped(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(match -> java.util.regex.Matcher.quoteReplacement(
                        match.group(1) == null ? "\\" : String.valueOf((char) Integer.parseInt(match.group(1), 16))));
    }

    @Test
    void keyOf_randomNames_areDifferentAllowedAndShortEnough() {
        Random random = new Random(42);
        String alphabet = "aabAB0._-~/ %\u00e9\u00c9\u0000\n\uD83D\uDD12e\u0301";
        int[] characters = alphabet.codePoints().toArray();
        SPACES.forEach((space, keys) -> {
            int maxLength = Integer.parseInt(space.substring(space.indexOf('-') + 1));
            Pattern allowed = Pattern.compile(
                    space.startsWith("portable")
                            ? "[a-z0-9._-]+|[a-z0-9._-]+~[a-z2-7]{52}"
                            : "[a-zA-Z0-9._/:@-]+|[a-zA-Z0-9._:@-]+~[a-z2-7]{52}");
            Map<String, String> names = new HashMap<>();
            for (int i = 0; i < 20_000; i++) {
                StringBuilder builder = new StringBuilder();
                for (int length = 1 + random.nextInt(i % 5 == 0 ? 250 : 6); length > 0; length--) {
                    builder.appendCodePoint(characters[random.nextInt(characters.length)]);
                }
                String name = builder.toString();
                String key = keys.keyOf(name);
                assertThat(key.length()).isLessThanOrEqualTo(maxLength);
                assertThat(allowed.matcher(key).matches()).as(key).isTrue();
                assertThat(List.of(key.split("/", -1))).doesNotContain("", ".", "..");
                String other = names.put(key, name);
                assertThat(other == null || other.equals(name)).as(key).isTrue();
            }
        });
    }

    @Test
    void keyOf_nameThatLooksLikeAKey_isNotItsOwnKey() {
        KeySpace keys = KeySpace.of(KeySpace.PORTABLE, 200);
        String key = keys.keyOf("Orders/42");
        assertThat(key).startsWith("orders_42~");
        assertThat(keys.keyOf(key)).isNotEqualTo(key).startsWith("orders_42_");
    }

    @Test
    void keyOf_anyNameInTheSpaceOfAllNames_isTheName() {
        for (String name : List.of("a", "..", "~", "A/\u0000", "x".repeat(1024), "")) {
            assertThat(KeySpace.ANY.keyOf(name)).isSameAs(name);
        }
    }

    @Test
    void keyOf_unboundedLength_stillHashesWhatIsNotReadable() {
        KeySpace keys = KeySpace.of(KeySpace.PORTABLE, Integer.MAX_VALUE);
        assertThat(keys.keyOf("a".repeat(1024))).hasSize(1024);
        assertThat(keys.keyOf("A")).startsWith("a~");
    }

    @Test
    void keyOf_loneSurrogate_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeySpace.of(KeySpace.PORTABLE, 64).keyOf("a\ud800"))
                .withMessageContaining("\\ud800");
    }

    @ParameterizedTest
    @ValueSource(strings = {"~", "\u00e9", "\n", "\u0000", "\u007f"})
    void of_characterThatNoKeyMayHave_isRefused(String character) {
        assertThatIllegalArgumentException().isThrownBy(() -> KeySpace.of(KeySpace.PORTABLE + character, 64));
    }

    @Test
    void of_tooLittleForAHash_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeySpace.of(KeySpace.PORTABLE, 63))
                .withMessageContaining("63");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeySpace.of(KeySpace.PORTABLE.replace("q", ""), 64))
                .withMessageContaining("q is missing");
    }
}
