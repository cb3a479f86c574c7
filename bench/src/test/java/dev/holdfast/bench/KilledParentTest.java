// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers never outlive the command. */
final class KilledParentTest {
    @TempDir
    private Path places;

    private Process start() throws IOException {
        Process bench = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "processes",
                        "--dir",
                        places.toString(),
                        "--processes",
                        "2",
                        "--rounds",
                        "1",
                        "--time",
                        "60s",
                        "-c",
                        "holdfast")
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        await().atMost(Duration.ofSeconds(60)).until(() -> bench.children().count() == 2);
        return bench;
    }

    @Test
    void killedCommand_takesItsWorkersWithIt() throws IOException {
        Process bench = start();
        List<ProcessHandle> workers = bench.children().toList();
        bench.destroyForcibly();
        await().atMost(Duration.ofSeconds(60)).until(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void endedCommand_cleansUp() throws IOException {
        Process bench = start();
        List<ProcessHandle> workers = bench.children().toList();
        bench.destroy();
        bench.onExit().join();
        await().atMost(Duration.ofSeconds(60)).until(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(places).isEmptyDirectory();
    }
}
