// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bench leaves no files, also when its end comes from two sides. */
final class WorkspaceTest {
    @TempDir
    private Path places;

    @Test
    void secondEnd_waitsForTheDeletionByTheFirst() throws Exception {
        Workspace workspace = new Workspace(places);
        Path locks = workspace.fresh();
        for (int i = 0; i < 20_000; i++) {
            Files.createFile(locks.resolve(i + ".lock"));
        }
        Thread first = new Thread(workspace::close, "first");
        first.start();
        while (first.isAlive() && allThere(locks)) {
            Thread.onSpinWait();
        }

        workspace.close();

        assertThat(places).isEmptyDirectory();
        first.join();
    }

    private static boolean allThere(Path locks) {
        return IntStream.range(0, 20).allMatch(i -> Files.exists(locks.resolve(i * 1000 + ".lock")));
    }

    @Test
    void endedWorkspace_makesNoDirectoryAnyMore() throws IOException {
        Workspace workspace = new Workspace(places);
        workspace.close();

        assertThatThrownBy(workspace::fresh).isInstanceOf(IOException.class).hasMessage("the bench ends");
        assertThat(places).isEmptyDirectory();
    }
}
