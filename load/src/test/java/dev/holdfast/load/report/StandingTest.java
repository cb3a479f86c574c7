// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The figures that stand for many rounds. */
final class StandingTest {
    private static Standing of(double... grants) {
        return new Standing(
                "it",
                Arrays.stream(grants)
                        .mapToObj(value -> Map.of(Metric.GRANTS, value))
                        .toList());
    }

    @Test
    void median_isTheMiddleWhateverTheOrder() {
        assertThat(of(900, 10, 20).median(Metric.GRANTS)).isEqualTo(20);
        assertThat(of(40, 10, 20, 1000).median(Metric.GRANTS)).isEqualTo(30);
    }

    @Test
    void ratio_comparesRoundsThatRanNextToEachOther() {
        // Twice as fast in two rounds, of which one was on a machine that was busy; the quotient of the medians would
        // be 1.5.
        assertThat(of(200, 10, 90).ratio(Metric.GRANTS, of(100, 5, 60))).isEqualTo(2);
    }

    @Test
    void table_showsTheQuotientAndNoDefectsThatWereNotSeen() {
        Map<Metric, Double> slow = Map.of(Metric.GRANTS, 1000.0, Metric.LOST_UPDATES, 0.0);
        Map<Metric, Double> fast = Map.of(Metric.GRANTS, 12_500.0, Metric.LOST_UPDATES, 0.0);
        Map<Metric, Double> broken = Map.of(Metric.GRANTS, 12_500.0, Metric.LOST_UPDATES, 3.0);
        Comparison sound = new Comparison(
                "s",
                "1 x 1",
                Metric.GRANTS,
                List.of(new Standing("a", List.of(slow)), new Standing("b", List.of(fast))));
        assertThat(sound.hasDefect()).isFalse();
        assertThat(sound.table()).contains("x a", "12,500", "12.5").doesNotContain("lost");
        Comparison unsound = new Comparison(
                "s",
                "1 x 1",
                Metric.GRANTS,
                List.of(new Standing("a", List.of(slow)), new Standing("b", List.of(broken))));
        assertThat(unsound.hasDefect()).isTrue();
        assertThat(unsound.table()).contains("lost updates");
    }
}
