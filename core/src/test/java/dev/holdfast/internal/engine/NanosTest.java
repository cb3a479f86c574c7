// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NanosTest {
    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @ValueSource(longs = {0, 5, -5, Long.MAX_VALUE - 10, Long.MIN_VALUE, Long.MIN_VALUE + 10})
    void after_anyStartOfTheClock_isPastOnlyWhenTheLengthIsOver(long start) {
        long end = Nanos.after(start, SECOND);
        assertThat(Nanos.isPast(end, start)).isFalse();
        assertThat(Nanos.isPast(end, start + SECOND - 2)).isFalse();
        assertThat(Nanos.isPast(end, start + SECOND)).isTrue();
        assertThat(Nanos.until(end, start + SECOND + 1)).isZero();
    }

    @Test
    void after_endThatFallsOnNever_isOneEarlier() {
        assertThat(Nanos.after(Long.MAX_VALUE - 7, 7)).isEqualTo(Long.MAX_VALUE - 1);
    }

    @Test
    void of_hugeDuration_isNever() {
        assertThat(Nanos.of(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Nanos.NEVER);
        assertThat(Nanos.of(Duration.ofDays(400 * 365))).isEqualTo(Nanos.NEVER);
        assertThat(Nanos.of(Duration.ofSeconds(1))).isEqualTo(SECOND);
    }

    @Test
    void never_isNeitherPastNorReached() {
        assertThat(Nanos.isPast(Nanos.NEVER, Long.MAX_VALUE)).isFalse();
        assertThat(Nanos.until(Nanos.NEVER, 0)).isEqualTo(Nanos.NEVER);
        assertThat(Nanos.after(5, Nanos.NEVER)).isEqualTo(Nanos.NEVER);
        assertThat(Nanos.duration(Nanos.NEVER)).isEqualTo(ChronoUnit.FOREVER.getDuration());
    }

    @Test
    void earlierAndLater_acrossTheEndOfTheClock_compareByDifference() {
        long before = Long.MAX_VALUE - 1;
        long after = Long.MIN_VALUE + 1;
        assertThat(Nanos.earlier(before, after)).isEqualTo(before);
        assertThat(Nanos.later(before, after)).isEqualTo(after);
        assertThat(Nanos.earlier(Nanos.NEVER, after)).isEqualTo(after);
        assertThat(Nanos.later(before, Nanos.NEVER)).isEqualTo(Nanos.NEVER);
    }

    @Test
    void margin_isOnePercentButNotBelow25Milliseconds() {
        assertThat(Nanos.margin(SECOND)).isEqualTo(25_000_000L);
        assertThat(Nanos.margin(30 * SECOND)).isEqualTo(300_000_000L);
    }

    @Test
    void validUntil_countsFromTheSendingOfTheRequest() {
        assertThat(Nanos.validUntil(1_000, 30 * SECOND)).isEqualTo(1_000 + 30 * SECOND - 300_000_000L);
        assertThat(Nanos.validUntil(1_000, Nanos.NEVER)).isEqualTo(Nanos.NEVER);
    }
}
