// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.scenario;

import dev.holdfast.load.report.Metric;
import dev.holdfast.load.worker.Fleet;
import dev.holdfast.load.worker.Reply;
import dev.holdfast.load.worker.WorkerFailure;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** A time in which a worker should have nothing to do, and what it does all the same. */
final class IdleSpell {
    /** The threads that the spell's beginning started have gone to sleep by then. */
    private static final Duration SETTLING = Duration.ofMillis(200);

    private final Fleet fleet;
    private final int worker;
    private final long threadsBefore;

    /** Notes how many threads the worker has without what is to be measured. */
    IdleSpell(Fleet fleet, int worker) throws WorkerFailure, InterruptedException {
        this.fleet = fleet;
        this.worker = worker;
        threadsBefore = resources().number("threads");
    }

    private Reply resources() throws WorkerFailure, InterruptedException {
        return fleet.one(worker, Fleet.RESOURCES);
    }

    Map<Metric, Double> measure(Duration time) throws WorkerFailure, InterruptedException {
        TimeUnit.NANOSECONDS.sleep(SETTLING.toNanos());
        Reply before = resources();
        OptionalLong requestsBefore = fleet.requestsServed();
        long began = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        double seconds = (System.nanoTime() - began) / 1e9;
        OptionalLong requests = fleet.requestsServed();
        Reply after = resources();
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(Metric.CPU, (after.number("cpu") - before.number("cpu")) / 1e6 / seconds);
        figures.put(Metric.THREADS, (double) (after.number("threads") - threadsBefore));
        if (requests.isPresent() && requestsBefore.isPresent()) {
            figures.put(Metric.REQUESTS, (requests.getAsLong() - requestsBefore.getAsLong()) / seconds);
        }
        return figures;
    }
}
