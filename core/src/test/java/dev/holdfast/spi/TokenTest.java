// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTest {
    @Test
    void first_ofTheNextRevision_isLargerThanTheLastTurn() {
        assertThat(Token.first(8)).isGreaterThan(Token.first(7) + Token.LAST_TURN);
    }

    @Test
    void first_ofTheLargestRevision_leavesRoomForAllTurns() {
        assertThat(Token.first(Token.LARGEST_REVISION) + Token.LAST_TURN).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Token.LARGEST_REVISION + 1, Long.MAX_VALUE})
    void first_ofARevisionOutOfRange_isRefused(long revision) {
        assertThatThrownBy(() -> Token.first(revision)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void text_hasTheOrderOfTheNumbers() {
        assertThat(Token.text(1024)).isEqualTo("0000000000000001024");
        assertThat(Token.text(Long.MAX_VALUE)).hasSize(19);
        assertThat(Token.text(999_999)).isLessThan(Token.text(1_000_000));
    }
}
