// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command line says about itself, and about what is wrong with it. */
final class CommandLineTest {
    @Test
    void help_namesEveryScenarioAndContender() {
        Bench help = Bench.run("--help");
        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains("uncontended", "names", "threads", "processes", "handoff", "waiters", "leases")
                .contains("filelock", "filelock-jvm", "holdfast", "reentrantlock");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    nonsense                              | there is no scenario 'nonsense'; known are uncontended,
                    uncontended -c nonsense               | there is no contender 'nonsense'; known are curator, etcd-ping,
                    processes -c holdfast@memory:         | holdfast@memory: excludes the threads of one process only
                    handoff -c reentrantlock              | reentrantlock excludes the threads of one process only
                    threads -c filelock                   | filelock cannot be waited for by two threads of a process
                    waiters -c filelock                   | filelock cannot be waited for by two threads of a process
                    handoff --threads 3                   | --threads means nothing to the scenario handoff
                    uncontended --count 3                 | --count means nothing to the scenario uncontended
                    leases --hold 1ms                     | --hold means nothing to the scenario leases
                    uncontended --rounds 0                | --rounds is 0; it must be from 1 to 1000
                    uncontended --time 1h                 | --time is 1h; it must be from 10ms to 10m
                    uncontended --time soon               | which is no duration
                    uncontended --time 5                  | a unit is missing
                    processes --hold 2s                   | --hold is 2s; it must be from 0s to 1s
                    uncontended --threads 0               | --threads is 0; it must be from 1 to 1024
                    uncontended --dir /no/such/place      | --dir /no/such/place is not a directory
                    uncontended --json /no/such/place.json| --json /no/such/place.json cannot be written
                    uncontended --delay 1s                | --delay is 1s; it must be from 0s to 200ms
                    uncontended --delay 5ms               | --delay means nothing to filelock, which is on no server
                    uncontended --sooner                  | Unknown option
                    """)
    void wrongArgument_isRefusedBeforeAnythingRuns(String args, String message) {
        Bench bench = Bench.run(args.split(" ", -1));
        assertThat(bench.err())
                .contains("bench: ", message, "See bench/run --help")
                .doesNotContain("warming up");
        assertThat(bench.code()).isEqualTo(2);
        assertThat(bench.out()).isEmpty();
    }
}
