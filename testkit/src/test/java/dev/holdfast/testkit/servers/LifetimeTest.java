// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class LifetimeTest {
    private static final Path TEMP = Path.of(System.getProperty("java.io.tmpdir"));

    @Test
    void jvmIsKilled_serversAndTheirChildrenEndAndTheNextStartDeletesTheirData() throws Exception {
        try (ServerChild child = ServerChild.run("everything", Map.of())) {
            List<Long> pids = child.processes();
            assertThat(child.servers()).hasSize(productsHere()).allMatch(LifetimeTest::lives);
            assertThat(directories(child.process().pid())).hasSize(1);

            Optional<String> segment =
                    postgresSegment(directories(child.process().pid()).get(0));
            assertThat(segments()).containsAll(segment.stream().toList());

            child.process().destroyForcibly().waitFor();

            assertThat(Waiting.until(() -> pids.stream().noneMatch(LifetimeTest::lives), Duration.ofSeconds(10)))
                    .as("all have ended")
                    .isTrue();
            // Any other JVM that starts a server at this moment deletes it, too.
            Workspace.create().delete();
            assertThat(Waiting.until(() -> directories(child.process().pid()).isEmpty(), Duration.ofSeconds(10)))
                    .as("its data is deleted")
                    .isTrue();
            assertThat(Waiting.until(() -> segment.stream().noneMatch(segments()::contains), Duration.ofSeconds(10)))
                    .as("shared memory is given back")
                    .isTrue();
        }
    }

    @Test
    void jvmEndsInOrder_nothingIsLeft() throws Exception {
        try (ServerChild child = ServerChild.run("everything", Map.of())) {
            List<Long> pids = child.processes();
            child.process().getOutputStream().close();
            child.process().waitFor();
            assertThat(Waiting.until(() -> pids.stream().noneMatch(LifetimeTest::lives), Duration.ofSeconds(10)))
                    .isTrue();
            assertThat(directories(child.process().pid())).isEmpty();
        }
    }

    @Test
    void jvmThatLives_keepsItsDirectory() throws Exception {
        Workspace own = Workspace.create();
        Path data = own.newDirectory("data");
        try (ServerChild sweeping = ServerChild.run("sweep", Map.of())) {
            assertThat(sweeping.process().waitFor()).isZero();
            assertThat(data).isDirectory();
        } finally {
            own.delete();
        }
        assertThat(data).doesNotExist();
    }

    private static int productsHere() {
        return (int) Arrays.stream(Product.values())
                .filter(product -> !product.isLeftOut())
                .count();
    }

    /** A zombie does not. */
    static boolean lives(long pid) {
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

    /** The shared memory that outlives a killed PostgreSQL; its number is in the seventh line of its file. */
    private static Optional<String> postgresSegment(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            Optional<Path> file =
                    all.filter(path -> path.endsWith("postmaster.pid")).findFirst();
            return file.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Files.readAllLines(file.get()).get(6).strip().split("\\s+", -1)[1]);
        }
    }

    private static List<String> segments() throws IOException {
        return Files.readString(Path.of("/proc/sysvipc/shm"))
                .lines()
                .map(line -> line.strip().split("\\s+", -1)[1])
                .toList();
    }
}
