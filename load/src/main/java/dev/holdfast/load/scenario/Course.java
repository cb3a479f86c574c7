// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.scenario;

import dev.holdfast.load.contender.Entrant;
import dev.holdfast.load.report.Figures;
import dev.holdfast.load.report.Metric;
import dev.holdfast.load.worker.Fleet;
import dev.holdfast.load.worker.WorkerFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the workers of a contender do in one round, and what is read from it. */
public interface Course {
    /**
     * The setup, for people.
     *
     * @return for example {@code 4 processes x 4 threads on 1 name}
     */
    String description();

    /**
     * The figure by which contenders are compared.
     *
     * @return one of those that {@link #round} returns, or null
     */
    @Nullable
    Metric primary();

    /**
     * How many workers it needs.
     *
     * @param entrant the contender
     * @return at least one
     * @throws IllegalArgumentException if the contender cannot run this course
     */
    int processes(Entrant entrant);

    /**
     * How many locks the workers use under load.
     *
     * @return at least one
     */
    int names();

    /**
     * Runs what is not measured, so that the code is compiled before it is.
     *
     * @param fleet the workers
     * @param time how long
     * @throws WorkerFailure if a worker fails
     * @throws InterruptedException if this thread is interrupted
     */
    default void warmUp(Fleet fleet, Duration time) throws WorkerFailure, InterruptedException {
        var unused = round(fleet, time);
    }

    /**
     * Runs one round.
     *
     * @param fleet the workers
     * @param time how long to measure
     * @return the figures; the same ones in every round, but for what a store cannot tell any more
     * @throws WorkerFailure if a worker fails, or nothing could be measured
     * @throws InterruptedException if this thread is interrupted
     */
    Figures round(Fleet fleet, Duration time) throws WorkerFailure, InterruptedException;
}
