// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.TestedTable;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page about data bases says by which tests things are prevented. They exist. */
final class TestedTableTest {
    @Test
    void testsThatThePageNames_exist() throws IOException {
        TestedTable table = TestedTable.of(Path.of("..", "docs", "backends", "jdbc.md"), TestedTableTest.class);
        assertThat(table.missing()).isEmpty();
        assertThat(table.named()).hasSizeGreaterThan(25);
    }
}
