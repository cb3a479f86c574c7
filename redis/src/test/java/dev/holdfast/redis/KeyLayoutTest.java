// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The keys of a lock: frozen, in one slot, and nobody else's. */
final class KeyLayoutTest {
    private static final List<String> ODD = List.of(
            "a",
            "job/1",
            "a}b",
            "a{}b",
            "a{b",
            "{}b",
            "{",
            "}",
            "{a}",
            "a{b}c",
            "{}{a}",
            "{{a}}",
            "hf~",
            "hf~q{a}",
            "hf~q:{a}",
            "hf~fa",
            "hf~n:hf~",
            "hf~n:a",
            "={0}a",
            "\u00e9}",
            "\ud83d\udd12{x");

    @Test
    void slot_isThatOfRedis() {
        // The vector of the specification: CRC16 of 123456789 is 31C3.
        assertThat(HashSlot.of("123456789")).isEqualTo(0x31c3 % 16_384);
        assertThat(HashSlot.of("{user1000}.following")).isEqualTo(HashSlot.of("user1000"));
        assertThat(HashSlot.of("foo{}{bar}")).isNotEqualTo(HashSlot.of("bar"));
        assertThat(HashSlot.of("foo{{bar}}zap")).isEqualTo(HashSlot.of("{bar"));
        assertThat(HashSlot.of("foo{bar}{zap}")).isEqualTo(HashSlot.of("bar"));
    }

    @Test
    void keysOfALock_haveOneSlot() {
        for (String name : ODD) {
            KeyLayout keys = KeyLayout.of(name);
            for (String key : List.of(keys.lock(), keys.line(), keys.heard(), keys.fence())) {
                assertThat(HashSlot.of(key)).as("slot of %s for %s", key, name).isEqualTo(keys.slot());
            }
        }
    }

    @Test
    void keysOfTwoLocks_areNeverTheSame() {
        Map<String, String> owners = new HashMap<>();
        for (String name : ODD) {
            KeyLayout keys = KeyLayout.of(name);
            for (String key : List.of(keys.lock(), keys.line(), keys.heard(), keys.fence())) {
                assertThat(owners.put(key, name)).as("who else has %s", key).isNull();
            }
        }
    }

    @Test
    void name_isFoundAgainFromTheKey() {
        for (String name : ODD) {
            KeyLayout keys = KeyLayout.of(name);
            assertThat(KeyLayout.nameOf(keys.lock())).isEqualTo(name);
            assertThat(KeyLayout.nameOf(keys.line())).isNull();
            assertThat(KeyLayout.nameOf(keys.fence())).isNull();
        }
    }

    @Test
    void layout_isFrozen() {
        assertThat(KeyLayout.of("job"))
                .isEqualTo(new KeyLayout("job", "hf~q{job}", "hf~d{job}", "hf~f{job}", HashSlot.of("job")));
        assertThat(KeyLayout.of("a{b}c").line()).isEqualTo("hf~q:a{b}c");
        assertThat(KeyLayout.of("a}b").line()).isEqualTo("hf~q={" + HashSlot.tagOf(HashSlot.of("a}b")) + "}a}b");
        assertThat(KeyLayout.of("hf~x").lock()).isEqualTo("hf~n:hf~x");
    }

    @Test
    void tag_isOfItsSlot() {
        for (int slot = 0; slot < HashSlot.SLOTS; slot += 97) {
            assertThat(HashSlot.of("{" + HashSlot.tagOf(slot) + "}")).isEqualTo(slot);
        }
    }

    @Test
    void pattern_meansTheStartOfANameAndNothingElse() {
        assertThat(Records.pattern("a*[b]?\\^")).isEqualTo("a\\*\\[b\\]\\?\\\\\\^*");
        assertThat(Records.pattern("hf~x")).isEqualTo("hf~n:hf~x*");
        assertThat(Records.pattern("")).isEqualTo("*");
    }
}
