// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import picocli.CommandLine;

/** The command, run inside the test; its workers are processes all the same. */
record Bench(int code, String out, String err) {
    /** One round, which says nothing about speed. Long enough for something to happen on a busy machine. */
    static Bench quick(String... args) {
        return quickFor("1s", args);
    }

    static Bench quickFor(String time, String... args) {
        List<String> all = new ArrayList<>(
                List.of("--rounds", "1", "--time", time, "--warmup", "0", "--jvm-option", "-XX:TieredStopAtLevel=1"));
        all.addAll(List.of(args));
        return run(all.toArray(String[]::new));
    }

    static Bench run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = line.execute(args);
        return new Bench(code, out.toString(), err.toString());
    }

    /** Servers that were told to end take a moment, on a busy machine a longer one. */
    static void leavesNoProcess() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(ProcessHandle.current().descendants()).isEmpty());
    }
}
