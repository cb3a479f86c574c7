// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.demo;

import dev.holdfast.cli.console.Text;
import dev.holdfast.cli.demo.DemoCommand.Load;
import dev.holdfast.cli.demo.DemoCommand.Round;

/** What the demo's rounds mean, in plain words. */
final class Sentences {
    private Sentences() {}

    static String opening(Load load) {
        return many(load.processes(), "process", "processes") + ", " + many(load.threads(), "thread", "threads")
                + " in each, "
                + many(load.increments(), "increment", "increments") + " by each thread." + System.lineSeparator()
                + "Between reading and writing the counter they pause for " + Text.time(Counter.GAP_NANOS)
                + ", so that collisions are seen soon.";
    }

    private static String many(int number, String one, String more) {
        return Text.count(number) + " " + (number == 1 ? one : more);
    }

    static String unlocked(Round round) {
        return round.lost() == 0
                ? "Without a lock nothing was lost this time. That is luck and nothing else: run it again, or with more"
                        + " threads."
                : "Without a lock " + part(round)
                        + " were lost: two read the same number, and both wrote the same next one.";
    }

    static String threadsOnly(Round round, int processes) {
        if (processes == 1) {
            return round.lost() == 0
                    ? "A thread lock is enough as long as there is only one process, as here."
                    : "Even a thread lock lost " + part(round) + " in a single process, which must not happen.";
        }
        return round.lost() == 0
                ? "A lock for the threads of each process lost nothing this time, by luck: it cannot see the other processes."
                : "A lock for the threads of each process cannot see the other processes: " + part(round)
                        + " were lost.";
    }

    static String locked(Round round) {
        return round.lost() == 0
                ? "With the " + round.label() + " no update was lost."
                : "THE LOCK FAILED: with the " + round.label() + " " + part(round) + " were lost.";
    }

    private static String part(Round round) {
        return Text.count(round.lost()) + " of " + Text.count(round.expected()) + " updates";
    }
}
