// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.DoublePredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The search for the highest rate that holds. */
final class LimitSearchTest {
    private int trials;

    private LimitSearch search(double start, DoublePredicate holds) {
        LimitSearch search = new LimitSearch(start);
        for (OptionalDouble rate = search.next(); rate.isPresent(); rate = search.next()) {
            assertThat(++trials).isLessThanOrEqualTo(LimitSearch.MOST_TRIALS);
            assertThat(rate.getAsDouble()).isBetween(1.0, 1_000_000.0);
            search.tried(holds.test(rate.getAsDouble()));
        }
        return search;
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 7, 99, 100, 101, 3_000, 999_999})
    void limit_isFoundWithinATenth(double limit) {
        LimitSearch search = search(100, rate -> rate <= limit);
        assertThat(search.held()).isBetween(limit / 1.1, limit);
        assertThat(search.isLimit()).isTrue();
    }

    @Test
    void oneHiccup_isNoLimit() {
        LimitSearch search = search(100, rate -> trials % 2 == 0 && rate <= 5_000);
        assertThat(search.held()).isBetween(5_000 / 1.1, 5_000.0);
    }

    @Test
    void storeThatAlwaysHolds_isAskedForAMillionAndNoMore() {
        LimitSearch search = search(100, rate -> true);
        assertThat(search.held()).isEqualTo(1_000_000);
        assertThat(search.isLimit()).isFalse();
    }

    @Test
    void storeThatNeverHolds_endsTheSearch() {
        assertThat(search(100, rate -> false).held()).isZero();
    }

    @Test
    void storeThatAnswersByLot_endsTheSearch() {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            trials = 0;
            search(100, rate -> random.nextBoolean());
        }
    }
}
