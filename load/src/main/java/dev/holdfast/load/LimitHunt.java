// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load;

import dev.holdfast.load.contender.Entrant;
import dev.holdfast.load.report.Figures;
import dev.holdfast.load.scenario.ScheduleCourse;
import dev.holdfast.load.worker.Fleet;
import dev.holdfast.load.worker.WorkerFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;

/** Raises the rate at which locks are wanted from one contender, until it does not keep up. */
public final class LimitHunt {
    private static final Duration SLACK = Duration.ofSeconds(80);

    private final Workspace workspace;
    private final DoubleFunction<ScheduleCourse> courses;
    private final Tournament.Plan plan;
    private final Judge judge;

    /** Says what is good enough, and hears of every trial. */
    public interface Judge {
        /**
         * A trial begins.
         *
         * @param rate how many locks are wanted per second
         * @param number which trial it is, from 1
         */
        void begins(double rate, int number);

        /**
         * Judges a trial.
         *
         * @param figures what came of it
         * @return whether the contender kept up
         */
        boolean holds(Figures figures);
    }

    /**
     * A hunt.
     *
     * @param workspace where the contender gets a fresh directory
     * @param courses the load of a rate; all have the same names
     * @param plan its time is that of each trial; rounds mean nothing here
     * @param judge says what is good enough
     */
    public LimitHunt(Workspace workspace, DoubleFunction<ScheduleCourse> courses, Tournament.Plan plan, Judge judge) {
        this.workspace = workspace;
        this.courses = courses;
        this.plan = plan;
        this.judge = judge;
    }

    /**
     * Looks for the limit.
     *
     * @param entrant the contender
     * @param start the rate that is tried first
     * @return the search, which is over
     * @throws IOException if a process cannot be started
     * @throws WorkerFailure if a worker fails
     * @throws InterruptedException if this thread is interrupted
     */
    public LimitSearch run(Entrant entrant, double start) throws IOException, WorkerFailure, InterruptedException {
        ScheduleCourse first = courses.apply(start);
        Duration lifetime = plan.time().plus(SLACK).multipliedBy(LimitSearch.MOST_TRIALS);
        var crew = new Fleet.Crew(
                first.processes(entrant), first.names(), plan.prefix(), lifetime, List.copyOf(plan.jvmOptions()));
        LimitSearch search = new LimitSearch(start);
        try (Fleet fleet = Fleet.start(entrant, entrant.place(), crew, workspace.fresh())) {
            if (!plan.warmUp().isZero()) {
                first.warmUp(fleet, plan.warmUp());
            }
            int number = 1;
            for (OptionalDouble rate = search.next(); rate.isPresent(); rate = search.next()) {
                judge.begins(rate.getAsDouble(), number++);
                search.tried(judge.holds(courses.apply(rate.getAsDouble()).round(fleet, plan.time())));
            }
        }
        return search;
    }
}
