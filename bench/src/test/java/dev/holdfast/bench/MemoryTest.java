// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JMH's benchmarks run; how good their figures are is not for a test. */
final class MemoryTest {
    @TempDir
    private Path directory;

    @Test
    void everyBenchmark_givesPlausibleFigures() throws IOException {
        Path json = directory.resolve("figures.json");
        Bench bench = Bench.run("memory", "--quick", "--json", json.toString());
        assertThat(bench.code()).as(bench.out() + bench.err()).isZero();
        assertThat(bench.out())
                .contains("memory OneThread", "ns/cycle", "bytes/cycle", "x reentrantLock")
                .contains("memory SixteenThreads", "grants/s", "x fairReentrantLock", "holdfastArrival");
        assertThat(JSON.std.mapFrom(json.toFile())).containsKeys("machine", "comparisons");
        assertThat(bench.out()).doesNotContain("NaN").doesNotContain("Infinity");
    }

    @Test
    void wrongArgument_isRefused() {
        Bench bench = Bench.run("memory", "--rounds", "0");
        assertThat(bench.code()).isEqualTo(2);
        assertThat(bench.err()).contains("--rounds is 0; it must be from 1 to 100");
    }
}
