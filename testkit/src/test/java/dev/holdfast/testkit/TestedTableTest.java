// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page that names tests which are not there is found out. */
final class TestedTableTest {
    @TempDir
    private Path directory;

    private TestedTable read(String... rows) throws IOException {
        Path page = directory.resolve("page.md");
        Files.writeString(
                page,
                "# A page\n\n| `elsewhere_isNotLookedAt` | `TestedTableTest.nor_this` |\n\n## What is tested\n\n"
                        + String.join("\n", rows) + "\n\n## After it\n\n| a | `TestedTableTest.nor_that` |\n");
        return TestedTable.of(page, TestedTableTest.class);
    }

    @Test
    void testsThatAreThere_areNamedAndNotMissing() throws IOException {
        TestedTable table = read(
                "| what | test |",
                "|---|---|",
                "| a `b_c` goes wrong | `TestedTableTest.testsThatAreThere_areNamedAndNotMissing`, `testsThatAreNotThere_areMissing` |",
                "| so does | `C: release_twice_saysNotHeldTheSecondTime`, `TestedTableTest` |");
        assertThat(table.missing()).isEmpty();
        assertThat(table.named()).hasSize(3);
    }

    @Test
    void testsThatAreNotThere_areMissing() throws IOException {
        TestedTable table = read(
                "| a | `TestedTableTest.no_suchTest` |",
                "| b | `C: no_suchCase`, `NoSuchTest.of_anything` |",
                "| c | `testsThatAreNotThere_areMissing` (of which class?) |");
        assertThat(table.missing())
                .containsExactly(
                        "no_suchTest", "no_suchCase", "NoSuchTest", "of_anything", "testsThatAreNotThere_areMissing");
    }

    @Test
    void pageWithoutSuchATable_isAnError() throws IOException {
        Path page = Files.writeString(directory.resolve("other.md"), "# A page\n");
        assertThatThrownBy(() -> TestedTable.of(page, TestedTableTest.class))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("What is tested");
    }
}
