// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

import dev.holdfast.trials.history.History;
import dev.holdfast.trials.history.Holdings;
import dev.holdfast.trials.history.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What one crew did and suffered. */
record Round(Verdict verdict, Holdings holdings, List<Fault> faults, long counted, int outages) {
    /** Reads what workers wrote down, whether they came to their end or not. */
    static Round judge(Path where, int names, List<Fault> faults, int outages) throws IOException {
        History history = History.in(where);
        Holdings holdings = Holdings.of(history);
        long counted = 0;
        for (int i = 0; i < names; i++) {
            counted += CheckedRegister.open(TortureWorker.register(where, i)).read();
        }
        return new Round(Verdict.of(history, holdings), holdings, List.copyOf(faults), counted, outages);
    }

    TortureReport.Part part() {
        return new TortureReport.Part(verdict, counted, outages);
    }
}
