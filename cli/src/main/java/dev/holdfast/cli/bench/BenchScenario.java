// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.bench;

import dev.holdfast.cli.console.Text;
import dev.holdfast.load.scenario.Course;
import dev.holdfast.load.scenario.Scenario;
import dev.holdfast.load.scenario.Setup;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Something that {@code bench} measures.
 *
 * @param id what it is called on the command line
 * @param title what it is called in the report
 * @param means what happens, and what to read
 * @param caveat what it does not say
 * @param levels the same with other numbers, one after the other
 */
record BenchScenario(String id, String title, String means, String caveat, List<Level> levels) {
    private static final int MANY = 1_000;

    private static final List<BenchScenario> ALL = List.of(
            new BenchScenario(
                    "uncontended",
                    "A free lock",
                    "One thread takes and releases one lock that nobody else wants, again and again. Read how long acquire and release take:"
                            + " that is what the lock adds to each critical section.",
                    "It says nothing about waiting.",
                    List.of(load("1 thread", 1, 1, 1))),
            new BenchScenario(
                    "names",
                    "Many names",
                    "64 threads of one process, each with a lock of its own. Read the grants per second: whether locks with different names get in"
                            + " each other's way, in the client or in the store.",
                    "All of them are in one process; several would bring more processors, and more connections.",
                    List.of(load("64 names", 1, 64, 64))),
            new BenchScenario(
                    "threads",
                    "Contended in one process",
                    "Threads of one process want the same lock, and let go of it at once. The engine passes the lock from thread to thread and asks"
                            + " the store now and then only.",
                    "A program that does nothing but lock. With work under the lock, the work decides.",
                    List.of(load("4 threads", 1, 4, 1), load("16 threads", 1, 16, 1))),
            new BenchScenario(
                    "processes",
                    "Contended across processes",
                    "Several processes with four threads each want the same lock. Least share says how fair that is: the grants of the process that"
                            + " got fewest, divided by its fair share.",
                    "All processes are on this machine, and share its processors.",
                    List.of(load("2 processes x 4", 2, 4, 1), load("4 processes x 4", 4, 4, 1))),
            new BenchScenario(
                    "handoff",
                    "Hand-off",
                    "Two processes pass one lock to and fro. The holder lets go when the other one has waited for a millisecond. Read how long the lock is"
                            + " nobody's: from the call of release in one process to the return of acquire in the other.",
                    "There is one waiter at a time.",
                    List.of(new Level("handoff", new Setup(2, 1, 1, 0, Duration.ZERO)))),
            new BenchScenario(
                    "waiters",
                    "Idle waiters",
                    "1,000 callers in one process wait for a lock that another process holds, and it is measured what waiting costs; then the lock is"
                            + " free, and all of them get it one after the other (drained/s).",
                    "Processor time is counted in steps of 10 ms.",
                    List.of(new Level("1,000 waiters", new Setup(2, 1, 1, MANY, Duration.ZERO)))),
            new BenchScenario(
                    "leases",
                    "Many held locks",
                    "One process takes 1,000 locks, holds them, which means renewing them, and gives them back.",
                    "Whether renewals keep up over hours: a renewal is due only at a third of the lease time.",
                    List.of(new Level("1,000 leases", new Setup(1, 1, 1, MANY, Duration.ZERO)))));

    /**
     * A scenario with numbers.
     *
     * @param label the numbers, in a chart
     * @param setup the numbers
     */
    record Level(String label, Setup setup) {}

    private static Level load(String label, int processes, int threads, int names) {
        return new Level(label, new Setup(processes, threads, names, 0, Duration.ZERO));
    }

    static List<BenchScenario> all() {
        return ALL;
    }

    static String ids() {
        return ALL.stream().map(BenchScenario::id).collect(Collectors.joining(", "));
    }

    /**
     * Finds a scenario.
     *
     * @param id what it is called
     * @return the scenario
     * @throws IllegalArgumentException if there is none
     */
    static BenchScenario of(String id) {
        return ALL.stream()
                .filter(scenario -> scenario.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--scenarios: there is no '" + Text.harmless(id) + "'; known are " + ids()));
    }

    Course course(Level level) {
        return Scenario.all().stream()
                .filter(scenario -> scenario.id().equals(id))
                .findFirst()
                .orElseThrow()
                .course()
                .apply(level.setup());
    }
}
