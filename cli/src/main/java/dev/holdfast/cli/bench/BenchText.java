// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.bench;

import dev.holdfast.cli.console.Output;
import dev.holdfast.cli.console.Text;
import dev.holdfast.spi.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What {@code bench} says in the terminal. */
final class BenchText {
    private BenchText() {}

    static void print(BenchResult result, Output out) {
        out.line(result.surroundings().machine().line());
        for (BenchResult.Measured one : result.measured()) {
            out.line("");
            one.comparison().table().lines().forEach(out::line);
        }
        if (!result.trials().isEmpty()) {
            List<List<String>> rows = new ArrayList<>(List.of(BenchTrial.header()));
            result.trials().forEach(trial -> rows.add(trial.row()));
            out.line("");
            out.line("load: " + load(result.plan()) + "; times from the schedule to the lock");
            Text.table(rows).lines().forEach(out::line);
        }
        List<String> last = new ArrayList<>(result.verdicts());
        last.addAll(result.remarks());
        if (!last.isEmpty()) {
            out.line("");
            last.forEach(out::line);
        }
        if (result.endedEarly() != null) {
            out.line("");
            out.line("PARTIAL: the run ended early: " + result.endedEarly());
        }
    }

    /** The load in words. */
    static String load(BenchPlan plan) {
        BenchPlan.Load load = Objects.requireNonNull(plan.load());
        return Text.count(load.names()) + (load.names() == 1 ? " name" : " names in turn") + ", held for "
                + Durations.format(load.hold());
    }
}
