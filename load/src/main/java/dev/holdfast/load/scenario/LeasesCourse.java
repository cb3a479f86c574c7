// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.scenario;

import dev.holdfast.load.contender.Entrant;
import dev.holdfast.load.report.Figures;
import dev.holdfast.load.report.Metric;
import dev.holdfast.load.worker.Fleet;
import dev.holdfast.load.worker.Reply;
import dev.holdfast.load.worker.WorkerFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One process holds many locks and does nothing else. */
final class LeasesCourse implements Course {
    private final Setup setup;

    LeasesCourse(Setup setup) {
        this.setup = setup;
    }

    @Override
    public String description() {
        return setup.count() + " locks held by one process";
    }

    @Override
    public @Nullable Metric primary() {
        return null;
    }

    @Override
    public int processes(Entrant entrant) {
        return 1;
    }

    @Override
    public int names() {
        return 1;
    }

    @Override
    public Figures round(Fleet fleet, Duration time) throws WorkerFailure, InterruptedException {
        IdleSpell spell = new IdleSpell(fleet, 0);
        Reply taken = fleet.one(0, Fleet.TAKE, setup.count());
        Map<Metric, Double> figures = new LinkedHashMap<>(spell.measure(time));
        Reply givenBack = fleet.one(0, Fleet.GIVE_BACK);
        figures.put(Metric.TAKEN, setup.count() * 1e9 / taken.number("nanos"));
        figures.put(Metric.GIVEN_BACK, setup.count() * 1e9 / givenBack.number("nanos"));
        figures.put(Metric.LOST_LOCKS, (double) givenBack.number("lost"));
        return new Figures(figures);
    }
}
