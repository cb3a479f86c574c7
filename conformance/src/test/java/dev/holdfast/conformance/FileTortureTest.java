// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.trials.torture.Torture;
import dev.holdfast.trials.torture.TortureReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are stopped and killed at random. {@code -Dholdfast.torture.seconds=60} makes it longer. */
final class FileTortureTest {
    @TempDir
    Path directory;

    @Test
    void processes_stoppedAndKilledAtRandom_excludeEachOtherAndAreFenced() throws Exception {
        String uri = "file:" + Files.createDirectory(directory.resolve("locks"));
        Path work = Files.createDirectory(directory.resolve("work"));
        Duration time = Duration.ofSeconds(Integer.getInteger("holdfast.torture.seconds", 10));
        TortureReport report =
                Torture.of(uri, work, time, new Random().nextLong()).run();
        System.out.println(report);
        assertThat(report.isValid()).as("the run proves something: %s", report).isTrue();
        assertThat(report.isGood()).as("every promise was kept: %s", report).isTrue();
        // Nothing expires, so there is no holder that merely believes to be one.
        assertThat(report.main().verdict().rawOverlaps()).isZero();
        assertThat(report.main().lostUpdates()).isZero();
        assertThat(report.main().outages()).isZero();
    }
}
