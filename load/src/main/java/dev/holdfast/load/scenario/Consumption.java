// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.scenario;

import dev.holdfast.load.worker.Fleet;
import dev.holdfast.load.worker.Reply;
import dev.holdfast.load.worker.WorkerFailure;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * What all workers have used, and the store had to serve.
 *
 * @param cpuNanos time of the processor
 * @param requests how many requests, if that can be known
 */
record Consumption(long cpuNanos, OptionalLong requests) {
    static Consumption of(Fleet fleet) throws WorkerFailure, InterruptedException {
        long cpu = 0;
        for (Reply reply : fleet.all(Duration.ZERO, Fleet.RESOURCES)) {
            cpu += reply.number("cpu");
        }
        return new Consumption(cpu, fleet.requestsServed());
    }

    Consumption since(Consumption before) {
        return new Consumption(
                cpuNanos - before.cpuNanos,
                requests.isPresent() && before.requests.isPresent()
                        ? OptionalLong.of(requests.getAsLong() - before.requests.getAsLong())
                        : OptionalLong.empty());
    }
}
