// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's table comes from reports, and nothing else on the page is touched. */
final class FiguresTest {
    private static final String MACHINE =
            "{\"machine\": {\"date\": \"2026-01-02\", \"processors\": 2, \"system\": \"Linux\"}, \"comparisons\": [";

    @TempDir
    private Path places;

    private Path report(String name, String scenario, String label, String medians) throws IOException {
        return Files.writeString(
                places.resolve(name),
                MACHINE + "{\"scenario\": \"" + scenario + "\", \"contenders\": [{\"contender\": \"" + label
                        + "\", \"medians\": {" + medians + "}}, {\"contender\": \"redisson\", \"medians\": {}}]}]}");
    }

    @Test
    void reports_makeOneRowForEachPlace_onThePage() throws IOException {
        Path free = report(
                "free.json",
                "uncontended",
                "holdfast@redis://{redis}",
                "\"acquire_p50_us\": 100.4, \"release_p50_us\": 90");
        Path many = report(
                "many.json",
                "processes",
                "holdfast@redis://{redis}",
                "\"grants\": 34233.2, \"requests_per_grant\": 0.0312");
        Path passed = report("passed.json", "handoff", "holdfast@{mariadb}", "\"handoff_p50_us\": 5678");
        Path page = Files.writeString(
                places.resolve("page.md"), "before\n<!-- figures -->\nold\n<!-- end of figures -->\nafter\n");

        Bench bench =
                Bench.run("figures", free.toString(), many.toString(), passed.toString(), "--update", page.toString());

        assertThat(bench.code()).as(bench.err()).isZero();
        assertThat(page)
                .content()
                .startsWith("before\n<!-- figures -->\n| store |")
                .contains(
                        "\n| `redis://` | 190 us | 34,233 |  | 0.03 |\n| `jdbc:mariadb:` |  |  | 5.7 ms |  |\n",
                        "2026-01-02, 2 processors, Linux")
                .endsWith("\n<!-- end of figures -->\nafter\n")
                .doesNotContain("old", "redisson");
    }

    @Test
    void page_withoutAPlaceForTheTable_isLeftAlone() throws IOException {
        Path free = report("free.json", "handoff", "holdfast", "\"handoff_p50_us\": 31");
        Path page = Files.writeString(places.resolve("page.md"), "text\n");

        Bench bench = Bench.run("figures", free.toString(), "--update", page.toString());

        assertThat(bench.code()).isEqualTo(2);
        assertThat(bench.err()).contains("page.md has no lines <!-- figures -->");
        assertThat(page).hasContent("text\n");
    }

    @Test
    void somethingElse_isNoReport() throws IOException {
        Path strange = Files.writeString(places.resolve("strange.json"), "{\"a\": [1]}");

        Bench bench = Bench.run("figures", strange.toString());

        assertThat(bench.code()).isEqualTo(2);
        assertThat(bench.err()).contains("strange.json cannot be read: this is no report of bench/run");
    }
}
