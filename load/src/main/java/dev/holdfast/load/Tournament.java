// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load;

import dev.holdfast.load.contender.Entrant;
import dev.holdfast.load.report.Comparison;
import dev.holdfast.load.report.Standing;
import dev.holdfast.load.scenario.Course;
import dev.holdfast.load.worker.Fleet;
import dev.holdfast.load.worker.WorkerFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Contenders that run one course in turns: A B C, A B C and so on, so that whatever else the machine does hits them all alike. Their
 * workers are started and warmed up once, and idle while it is another one's turn.
 */
public final class Tournament {
    /** For everything in a round that is not the time measured. */
    private static final Duration ROUND_SLACK = Duration.ofSeconds(20);

    private static final Duration START_SLACK = Duration.ofMinutes(5);

    private final Workspace workspace;
    private final UnaryOperator<String> resolve;
    private final Plan plan;
    private final Watcher watcher;

    /**
     * Contenders that will run.
     *
     * @param workspace where each gets a fresh directory
     * @param resolve puts the addresses of servers into a place
     * @param plan how long and how often
     * @param watcher hears of each step
     */
    public Tournament(Workspace workspace, UnaryOperator<String> resolve, Plan plan, Watcher watcher) {
        this.workspace = workspace;
        this.resolve = resolve;
        this.plan = plan;
        this.watcher = watcher;
    }

    /** Hears what happens, on the thread of {@link #run}. */
    public interface Watcher {
        /**
         * A step begins.
         *
         * @param scenario what is measured
         * @param step what is done now
         * @param entrant whose turn it is
         */
        void begins(String scenario, String step, Entrant entrant);

        /**
         * A round is over, and its figures are not lost if a later one fails.
         *
         * @param soFar what was reached until now, by those who have had a round
         */
        default void reached(Comparison soFar) {}

        /**
         * Something that those who read the figures should know.
         *
         * @param remark a sentence
         */
        default void remarks(String remark) {}
    }

    /**
     * How long and how often.
     *
     * @param rounds of each contender
     * @param time of each round
     * @param warmUp before the first round of each contender, not measured
     * @param jvmOptions more options for the workers
     * @param prefix what the names of all locks begin with
     */
    public record Plan(int rounds, Duration time, Duration warmUp, List<String> jvmOptions, String prefix) {
        /** What the names of locks begin with that nobody else uses. */
        private static final String PREFIX = "bench-";

        /**
         * A plan for stores of the comparison's own.
         *
         * @param rounds of each contender
         * @param time of each round
         * @param warmUp before the first round of each contender, not measured
         * @param jvmOptions more options for the workers
         */
        public Plan(int rounds, Duration time, Duration warmUp, List<String> jvmOptions) {
            this(rounds, time, warmUp, jvmOptions, PREFIX);
        }

        Duration total(int contenders) {
            Duration rest = time.plus(ROUND_SLACK).multipliedBy(rounds);
            return warmUp.plus(ROUND_SLACK).plus(rest).multipliedBy(contenders).plus(START_SLACK);
        }
    }

    /**
     * Runs all rounds.
     *
     * @param scenario what it is called
     * @param course what a round does
     * @param entrants the contenders, the baseline first
     * @return what they reached
     * @throws IOException if a process cannot be started
     * @throws WorkerFailure if a worker fails
     * @throws InterruptedException if this thread is interrupted
     */
    public Comparison run(String scenario, Course course, List<Entrant> entrants)
            throws IOException, WorkerFailure, InterruptedException {
        List<Fleet> fleets = new ArrayList<>();
        try {
            for (Entrant entrant : entrants) {
                watcher.begins(scenario, "starting", entrant);
                Path directory = workspace.fresh();
                Fleet fleet = Fleet.start(
                        entrant,
                        resolve.apply(entrant.placeIn(directory)),
                        new Fleet.Crew(
                                course.processes(entrant),
                                course.names(),
                                plan.prefix(),
                                plan.total(entrants.size()),
                                plan.jvmOptions()),
                        directory);
                fleets.add(fleet);
            }
            List<Standing> standings = new ArrayList<>();
            for (int i = 0; i < fleets.size(); i++) {
                watcher.begins(scenario, "warming up", entrants.get(i));
                if (!plan.warmUp().isZero()) {
                    course.warmUp(fleets.get(i), plan.warmUp());
                }
                standings.add(new Standing(entrants.get(i).label(), new ArrayList<>()));
            }
            for (int round = 1; round <= plan.rounds(); round++) {
                for (int i = 0; i < fleets.size(); i++) {
                    watcher.begins(scenario, "round " + round + " of " + plan.rounds(), entrants.get(i));
                    standings.get(i).add(course.round(fleets.get(i), plan.time()));
                    watcher.reached(soFar(scenario, course, standings));
                }
            }
            for (Fleet fleet : fleets) {
                String untold = fleet.untold();
                if (untold != null) {
                    watcher.remarks(untold);
                }
            }
            return soFar(scenario, course, standings);
        } finally {
            fleets.forEach(Fleet::close);
        }
    }

    private static Comparison soFar(String scenario, Course course, List<Standing> standings) {
        return new Comparison(
                scenario,
                course.description(),
                course.primary(),
                standings.stream()
                        .filter(standing -> !standing.rounds().isEmpty())
                        .toList());
    }
}
