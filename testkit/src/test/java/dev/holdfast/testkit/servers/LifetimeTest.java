// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class LifetimeTest {
    private static final Path TEMP = Path.of(System.getProperty("java.io.tmpdir"));

    @Test
    void jvmIsKilled_serversAndTheirChildrenEndAndTheNextStartDeletesTheirData() throws IOException {
        String segments = segments();
        try (ServerChild child = ServerChild.run("everything", Map.of())) {
            List<Long> pids = child.lines().stream().map(Long::valueOf).toList();
            assertThat(pids).as("six servers, and the children of PostgreSQL").hasSizeGreaterThan(6 + 6);
            assertThat(pids).allMatch(LifetimeTest::lives);
            assertThat(directories(child.process().pid())).hasSize(1);

            child.process().destroyForcibly();

            assertThat(Waiting.until(() -> pids.stream().noneMatch(LifetimeTest::lives), Duration.ofSeconds(10)))
                    .as("all have ended")
                    .isTrue();
            assertThat(directories(child.process().pid()))
                    .as("nobody was left to delete it")
                    .hasSize(1);
            Workspace.create().delete();
            assertThat(directories(child.process().pid())).isEmpty();
            assertThat(Waiting.until(() -> segments().equals(segments), Duration.ofSeconds(10)))
                    .as("shared memory is given back")
                    .isTrue();
        }
    }

    @Test
    void jvmEndsInOrder_nothingIsLeft() throws Exception {
        try (ServerChild child = ServerChild.run("everything", Map.of())) {
            List<Long> pids = child.lines().stream().map(Long::valueOf).toList();
            child.process().getOutputStream().close();
            child.process().waitFor();
            assertThat(Waiting.until(() -> pids.stream().noneMatch(LifetimeTest::lives), Duration.ofSeconds(10)))
                    .isTrue();
            assertThat(directories(child.process().pid())).isEmpty();
        }
    }

    @Test
    void jvmThatLives_keepsItsDirectory() throws IOException {
        Workspace own = Workspace.create();
        Path data = own.newDirectory("data");
        try (ServerChild sweeping = ServerChild.run("redis", Map.of())) {
            assertThat(sweeping.lines()).contains("true");
            assertThat(data).isDirectory();
        } finally {
            own.delete();
        }
        assertThat(data).doesNotExist();
    }

    /** A zombie does not. */
    private static boolean lives(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Path> directories(long pid) throws IOException {
        try (Stream<Path> all = Files.list(TEMP)) {
            return all.filter(path -> path.getFileName().toString().startsWith("holdfast-servers-" + pid + "-"))
                    .toList();
        }
    }

    /** The numbers of nobody's System V segments. */
    private static String segments() throws IOException {
        return Files.readString(Path.of("/proc/sysvipc/shm"))
                .lines()
                .map(line -> line.strip().split("\\s+", -1)[1])
                .toList()
                .toString();
    }
}
