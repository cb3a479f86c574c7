// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.scenario;

import dev.holdfast.load.contender.Entrant;
import dev.holdfast.load.report.Figures;
import dev.holdfast.load.report.Metric;
import dev.holdfast.load.worker.Fleet;
import dev.holdfast.load.worker.WorkerFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One process holds a lock that many callers in another one wait for; where a lock is for one process only, both are the same. */
final class WaitersCourse implements Course {
    private static final int HOLDER = 0;
    private static final int WAITERS = 1;

    private final Setup setup;

    WaitersCourse(Setup setup) {
        this.setup = setup;
    }

    @Override
    public String description() {
        return setup.count() + " waiters in one process for 1 name that another one holds";
    }

    @Override
    public @Nullable Metric primary() {
        return null;
    }

    @Override
    public int processes(Entrant entrant) {
        if (setup.count() > 1) {
            entrant.requireThreads();
        }
        return entrant.excludesProcesses() ? 2 : 1;
    }

    @Override
    public int names() {
        return 1;
    }

    @Override
    public Figures round(Fleet fleet, Duration time) throws WorkerFailure, InterruptedException {
        fleet.one(HOLDER, Fleet.HOLD);
        IdleSpell spell = new IdleSpell(fleet, WAITERS);
        fleet.one(WAITERS, Fleet.AWAIT, setup.count());
        Map<Metric, Double> figures = new LinkedHashMap<>(spell.measure(time));
        fleet.one(WAITERS, Fleet.ALL_WAIT);
        long began = System.nanoTime();
        fleet.one(HOLDER, Fleet.FREE);
        fleet.one(WAITERS, Fleet.DRAIN);
        figures.put(Metric.DRAINED, setup.count() * 1e9 / (System.nanoTime() - began));
        return new Figures(figures);
    }
}
