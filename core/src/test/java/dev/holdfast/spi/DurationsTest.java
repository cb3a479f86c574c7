// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "0,PT0S",
        "0s,PT0S",
        "0d0ns,PT0S",
        "1ns,PT0.000000001S",
        "5us,PT0.000005S",
        "250ms,PT0.25S",
        "30s,PT30S",
        "90m,PT1H30M",
        "1h30m,PT1H30M",
        "1m30s500ms,PT1M30.5S",
        "1m90s,PT2M30S",
        "007s,PT7S",
        "366d,PT8784H",
        "1d2h3m4s5ms6us7ns,PT26H3M4.005006007S",
        "106751991167300d,PT2562047788015200H",
        "9223372036854775807s999ms999us999ns,PT2562047788015215H30M7.999999999S"
    })
    void parse_duration_isRead(String text, Duration expected) {
        assertThat(Durations.parse("lease-time", text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "''|it is empty",
                "30|a unit is missing",
                "1h30|a unit is missing",
                "s|a number is missing",
                "-30s|it must not be negative",
                "1h-30m|it must not be negative",
                "+30s|a number is missing",
                "30x|\"x\" is not one of the units",
                "30S|\"S\" is not one of the units",
                "30\u00b5s|\"\u00b5s\" is not one of the units",
                "1.5s|no unit follows the number",
                "30 s|no unit follows the number",
                " 30s|a number is missing",
                "30s |a number is missing",
                "30m1h|the larger ones first",
                "30s30s|each unit stands once",
                "\u0663s|a number is missing",
                "PT30S|a number is missing",
                "9223372036854775807d|it is too long",
                "9223372036854775807m|it is too long",
                "9223372036854775807s1000ms|it is too long",
                "99999999999999999999s|it is too long",
            })
    void parse_noDuration_isRefusedWithTheReasonAndAnExample(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse("property holdfast.lease-time", text))
                .withMessageStartingWith("property holdfast.lease-time is \"" + text + "\"")
                .withMessageContaining(why)
                .withMessageEndingWith("Write it as 30s, 1h30m or 250ms.");
    }

    @Test
    void parse_hostileText_isNotEchoedAsItIs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse("lease-time", "\u001b[2J" + "9".repeat(100_000)))
                .withMessageContaining("\\u001b[2J")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @ParameterizedTest
    @CsvSource({"PT0S,0s", "PT1H30M,1h30m", "PT0.25S,250ms", "PT24H,1d", "PT0.000000001S,1ns", "PT1M0.5S,1m500ms"})
    void format_duration_isAsPeopleWriteIt(Duration duration, String text) {
        assertThat(Durations.format(duration)).isEqualTo(text);
    }

    @Test
    void parse_whatWasFormatted_isTheSameDuration() {
        Random random = new Random(42);
        for (int i = 0; i < 100_000; i++) {
            long seconds = random.nextLong() >>> 1 >>> random.nextInt(63);
            Duration duration = Duration.ofSeconds(seconds, random.nextInt(4) == 0 ? 0 : random.nextInt(1_000_000_000));
            assertThat(Durations.parse("it", Durations.format(duration))).isEqualTo(duration);
        }
        Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
        assertThat(Durations.parse("it", Durations.format(longest))).isEqualTo(longest);
    }

    @Test
    void format_negativeDuration_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Durations.format(Duration.ofNanos(-1)));
    }
}
