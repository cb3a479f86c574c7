// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.scenario;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * Something that can be measured, with the numbers and the contenders that are used when nothing else is said.
 *
 * @param id what it is called on the command line and in the results
 * @param summary one line for the help
 * @param kind which numbers may be chosen
 * @param setup the numbers
 * @param holds how long locks are held: one comparison for each
 * @param contenders entrants, the baseline first
 * @param course what a round does
 */
public record Scenario(
        String id,
        String summary,
        Kind kind,
        Setup setup,
        List<Duration> holds,
        List<String> contenders,
        Function<Setup, Course> course) {
    private static final List<Duration> NOT_HELD = List.of(Duration.ZERO);
    private static final List<Duration> NOT_HELD_AND_HELD = List.of(Duration.ZERO, Duration.ofNanos(500_000));

    private static final List<Scenario> ALL = List.of(
            new Scenario(
                    "uncontended",
                    "one thread takes and releases one name",
                    Kind.LOAD,
                    Setup.load(1, 1, 1),
                    NOT_HELD,
                    List.of("filelock", "holdfast"),
                    LoadCourse::new),
            new Scenario(
                    "names",
                    "64 threads of one process, each with a name of its own",
                    Kind.LOAD,
                    Setup.load(1, 64, 64),
                    NOT_HELD,
                    List.of("filelock", "holdfast"),
                    LoadCourse::new),
            new Scenario(
                    "threads",
                    "16 threads of one process on one name, held for 0 and 500us",
                    Kind.LOAD,
                    Setup.load(1, 16, 1),
                    NOT_HELD_AND_HELD,
                    List.of("filelock-jvm", "holdfast", "holdfast@file:{dir}?ordering=arrival"),
                    LoadCourse::new),
            new Scenario(
                    "processes",
                    "4 processes with 4 threads each on one name, held for 0 and 500us",
                    Kind.LOAD,
                    Setup.load(4, 4, 1),
                    NOT_HELD_AND_HELD,
                    List.of("filelock-jvm", "holdfast"),
                    LoadCourse::new),
            new Scenario(
                    "handoff",
                    "from release in one process to the return of acquire in another",
                    Kind.FIXED,
                    Setup.load(2, 1, 1),
                    NOT_HELD,
                    List.of("filelock", "holdfast"),
                    setup -> new HandoffCourse()),
            new Scenario(
                    "waiters",
                    "1000 callers wait for one name that is held",
                    Kind.MANY,
                    Setup.many(2, 1000),
                    NOT_HELD,
                    List.of("filelock-jvm", "holdfast"),
                    WaitersCourse::new),
            new Scenario(
                    "leases",
                    "1000 names are held at the same time",
                    Kind.MANY,
                    Setup.many(1, 1000),
                    NOT_HELD,
                    List.of("filelock", "holdfast"),
                    LeasesCourse::new));

    /** Which numbers of a setup may be chosen. */
    public enum Kind {
        /** Processes, threads, names, and how long a lock is held. */
        LOAD,
        /** None. */
        FIXED,
        /** How many wait or are held. */
        MANY
    }

    /**
     * Everything that can be measured.
     *
     * @return from the simplest to the largest
     */
    public static List<Scenario> all() {
        return ALL;
    }
}
