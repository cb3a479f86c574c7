// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What names of nodes mean. They are shared with other libraries, so none of this may ever change. */
final class LineTest {
    private static final String OURS = "_c_1c4e1b5e-52ba-4b0f-8b0c-0d5f3c2d6a11-lock-0000000007";

    @ParameterizedTest
    @ValueSource(
            strings = {
                OURS,
                "_c_0123456789abcdef0123456789abcdef-lock-0000000007", // Go
                "0123456789abcdef0123456789abcdef__lock__0000000007", // kazoo
                "_k_0123456789abcdef0123456789abcdef__lock__0000000007",
                "lock-0000000007",
                "_c_a-lock-b-lock-0000000007"
            })
    void contender_ofEveryLibrary_isSeen(String child) {
        assertThat(Dialect.isContender(child)).isTrue();
        assertThat(Dialect.number(child)).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "leases",
                "locks",
                "lock-",
                "lock-7",
                "_c_x-lock-0000000007x",
                "_c_x-lease-0000000007",
                "_c_x-__READ__0000000007",
                "0123__rlock__0000000007",
                "lock-00000000070000000000"
            })
    void otherChild_isNoContender(String child) {
        assertThat(Dialect.isContender(child)).isFalse();
    }

    @Test
    void names_areThoseThatOtherLibrariesExpect() {
        String guid = UUID.randomUUID().toString();
        assertThat(Dialect.CURATOR.prefixes(guid)).containsExactly("_c_" + guid + "-lock-");
        assertThat(Dialect.KAZOO.prefixes(guid)).containsExactly("_k_" + guid.replace("-", "") + "__lock__");
        assertThat(Dialect.TWIN.prefixes(guid)).hasSize(2).noneMatch(name -> Character.isDigit(name.charAt(0)));
    }

    @Test
    void line_isOrderedByNumberAndNotByName() {
        Line line = Line.read(
                List.of("zz__lock__0000000003", "aa__lock__0000000009", OURS, "lock-0000000005"), List.of(OURS));
        assertThat(line.own()).isTrue();
        assertThat(line.ahead()).hasSize(2);
        assertThat(line.nearest()).isEqualTo("lock-0000000005");
        assertThat(line.behind()).isTrue();
        assertThat(line.foreign()).isNull();
    }

    @Test
    void twins_standWhereTheFirstOfThemDoes() {
        String first = "_c_1c4e1b5e-52ba-4b0f-8b0c-0d5f3c2d6a11-lock-0000000007";
        String second = "_k_1c4e1b5e52ba4b0f8b0c0d5f3c2d6a11__lock__0000000008";
        Line line = Line.read(List.of(first, second, "lock-0000000006"), List.of(first, second));
        assertThat(line.ahead()).hasSize(1);
        assertThat(line.behind()).isFalse();
        assertThat(Line.areTwins(first, second)).isTrue();
        assertThat(Line.owners(List.of(first, second, "lock-0000000006"))).isEqualTo(2);
        assertThat(Line.read(List.of(first), List.of(first, second)).own()).isFalse();
    }

    @Test
    void numbersThatHaveOverflowed_areLater() {
        Line line = Line.read(List.of("lock--2147483648", "lock-2147483647", OURS), List.of(OURS));
        assertThat(line.ahead()).isEmpty();
        assertThat(Line.contenders(List.of("lock--2147483648", OURS)).get(0)).isEqualTo(OURS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"job", "a|b", "", "line\nbreak", "\ud83d\udd12"})
    void record_isReadAsItWasWritten(String name) {
        NodeRecord record = new NodeRecord(name, "host:1|2", false);
        assertThat(NodeRecord.read(record.bytes())).isEqualTo(record);
        assertThat(NodeRecord.read(record.asRevoked().bytes())).isEqualTo(new NodeRecord(name, "host:1|2", true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.1", "hf1|", "hf1|9|short|x", "hf2|1|a|b", "hf1|x|a|b"})
    void dataOfSomebodyElse_isNoRecord(String data) {
        assertThat(NodeRecord.read(data.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isNull();
        assertThat(NodeRecord.read(new byte[] {(byte) 0xff})).isNull();
        assertThat(NodeRecord.read(null)).isNull();
    }
}
