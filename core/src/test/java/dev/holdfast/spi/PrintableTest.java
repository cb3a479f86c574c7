// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PrintableTest {
    @Test
    void quoted_plainText_isUnchanged() {
        assertThat(Printable.quoted("caf\u00e9 \uD83D\uDD12/42")).isEqualTo("\"caf\u00e9 \uD83D\uDD12/42\"");
    }

    @Test
    void quoted_hostileText_isOneLineOfPlainCharacters() {
        assertThat(Printable.quoted("a\r\n\u0000\u001b[31m\u202e\u2028\ud800\\\""))
                .isEqualTo("\"a\\u000d\\u000a\\u0000\\u001b[31m\\u202e\\u2028\\ud800\\\\\\\"\"");
    }

    @Test
    void quoted_longText_isCutBetweenCharacters() {
        assertThat(Printable.quoted("a".repeat(80))).isEqualTo("\"" + "a".repeat(80) + "\"");
        assertThat(Printable.quoted("a".repeat(79) + "\uD83D\uDD12b"))
                .isEqualTo("\"" + "a".repeat(79) + "\uD83D\uDD12...\"");
    }
}
