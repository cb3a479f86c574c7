// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonObjectTest {
    @Test
    void members_standInOrder() {
        assertThat(new JsonObject()
                        .text("a", "x")
                        .text("b", null)
                        .number("c", -5L)
                        .number("d", null)
                        .truth("e", true)
                        .toString())
                .isEqualTo("{\"a\":\"x\",\"b\":null,\"c\":-5,\"d\":null,\"e\":true}");
        assertThat(new JsonObject().toString()).isEqualTo("{}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "quote       | 0022      | \\\"",
                "backslash   | 005c      | \\\\",
                "newline     | 000a      | \\u000a",
                "return      | 000d      | \\u000d",
                "NUL         | 0000      | \\u0000",
                "escape      | 001b      | \\u001b",
                "delete      | 007f      | \\u007f",
                "slash       | 002f      | /",
                "umlaut      | 00fc      | \\u00fc",
                "line end    | 2028      | \\u2028",
                "emoji       | d83d dd12 | \\ud83d\\udd12",
                "half a pair | d83d      | \\ud83d",
                "other half  | dd12      | \\udd12"
            })
    void text_ofAnyKind_isAsciiOnOneLine(String what, String units, String written) {
        StringBuilder text = new StringBuilder("a");
        for (String unit : units.split(" ", -1)) {
            text.append((char) Integer.parseInt(unit, 16));
        }
        assertThat(new JsonObject().text("t", text + "b").toString())
                .as(what)
                .isEqualTo("{\"t\":\"a" + written + "b\"}");
    }
}
