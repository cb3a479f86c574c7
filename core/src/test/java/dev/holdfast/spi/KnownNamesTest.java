// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KnownNamesTest {
    private static final List<String> KNOWN = List.of("url", "prefix", "lease-time", "max-hold", "min-hold");

    @ParameterizedTest
    @CsvSource({
        "leaseTime,lease-time",
        "LEASE_TIME,lease-time",
        "laese-time,lease-time",
        "lease,",
        "min-holt,min-hold",
        "ulr,url",
        "x,",
        "prefixx,prefix",
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzz,"
    })
    void nearest_word_isTheOneThatWasProbablyMeant(String given, String meant) {
        assertThat(KnownNames.nearest(given, KNOWN)).isEqualTo(meant);
    }

    @Test
    void unknown_word_namesAllKnownOnes() {
        assertThat(KnownNames.unknown("word", "pre\nfix", KNOWN))
                .hasMessage("Unknown word \"pre\\u000afix\"; did you mean prefix?"
                        + " Known: lease-time, max-hold, min-hold, prefix, url.");
        assertThat(KnownNames.unknown("word", "x", List.of())).hasMessage("Unknown word \"x\". None is known.");
    }
}
