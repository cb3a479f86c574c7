// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A worker does what it is told, and ends whatever happens. */
final class WorkerProcessTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void worker_isAsked_answers() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start(EchoWorker.class)) {
            assertThat(worker.ask("eins zwei äöü")).isEqualTo("eins zwei äöü");
            worker.tell("drei");
            worker.tell("vier");
            assertThat(worker.hear()).isEqualTo("drei");
            assertThat(worker.hear()).isEqualTo("vier");
        }
    }

    @Test
    void stoppedWorker_isSilentUntilItGoesOn() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start(EchoWorker.class)) {
            worker.ask("hello");
            worker.stop();
            worker.tell("still there?");
            assertThatThrownBy(() -> worker.hear(Duration.ofMillis(300)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("said nothing");
            assertThat(worker.isAlive()).isTrue();
            worker.resume();
            assertThat(worker.hear()).isEqualTo("still there?");
        }
    }

    @Test
    void killedWorker_hasEndedAndSaysSo() throws Exception {
        WorkerProcess worker = WorkerProcess.start(EchoWorker.class);
        worker.ask("hello");
        worker.stop();
        worker.kill();
        assertThat(worker.isAlive()).isFalse();
        assertThat(ProcessHandle.of(worker.pid())).isEmpty();
        assertThatThrownBy(worker::hear).isInstanceOf(IOException.class).hasMessageContaining("has ended");
        assertThatThrownBy(worker::hear).isInstanceOf(IOException.class).hasMessageContaining("137");
        assertThatThrownBy(() -> worker.tell("hello")).isInstanceOf(IOException.class);
    }

    @Test
    void worker_endsByItself_tellsItsExitCode() throws Exception {
        try (WorkerProcess worker = WorkerProcess.start(EchoWorker.class)) {
            worker.tell("exit");
            assertThat(worker.exitCode(LONG)).isEqualTo(7);
        }
    }

    @Test
    void worker_outlivesTheThreadThatStartedIt() throws Exception {
        CompletableFuture<WorkerProcess> started = new CompletableFuture<>();
        Thread starter = new Thread(() -> {
            try {
                started.complete(WorkerProcess.start(EchoWorker.class));
            } catch (IOException e) {
                started.completeExceptionally(e);
            }
        });
        starter.start();
        starter.join();
        try (WorkerProcess worker = started.get()) {
            assertThat(worker.ask("hello")).isEqualTo("hello");
        }
    }

    @Test
    void parentIsKilled_itsStoppedWorkerEndsToo() throws Exception {
        try (WorkerProcess parent = WorkerProcess.start(EchoWorker.class)) {
            Optional<ProcessHandle> inner = ProcessHandle.of(Long.parseLong(parent.ask("nest")));
            assertThat(inner).isPresent();
            try {
                parent.kill();
                inner.get().onExit().get(LONG.toSeconds(), TimeUnit.SECONDS);
            } finally {
                inner.get().destroyForcibly();
            }
        }
    }

    @Test
    void parentClosesTheConnection_workerEnds() throws Exception {
        Process worker = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EchoWorker.class.getName())
                .start();
        try {
            worker.getOutputStream().close();
            assertThat(worker.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(worker.exitValue()).isEqualTo(137);
        } finally {
            worker.destroyForcibly();
        }
    }

    /** Java 17.0.15 and later warn of a file of theirs that is locked, as another JVM does for a moment when it starts: into the output, unless told otherwise. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void warningOfTheJvm_isNotInTheOutput() throws Exception {
        List<String> line = new ArrayList<>(List.of(
                "sh",
                "-c",
                "umask 077; mkdir -p \"$0\"; exec 9>\"$0/$$\"; flock -n 9 || exit 1; exec \"$@\"",
                "/tmp/hsperfdata_" + System.getProperty("user.name"),
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        line.addAll(JvmOptions.QUIET);
        line.add("-version");
        Process java = new ProcessBuilder(line).redirectError(Redirect.DISCARD).start();
        assertThat(new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(java.waitFor()).isZero();
    }

    @Test
    void lockWorker_doesWithLocksWhatItIsTold() throws Exception {
        try (WorkerProcess worker = LockWorker.start("memory:")) {
            long token = Long.parseLong(worker.ask("try job"));
            assertThat(worker.ask("try job")).isEqualTo("busy");
            assertThat(worker.ask("state job")).isEqualTo("held");
            assertThat(worker.ask("inspect job")).isNotEqualTo("free");
            assertThat(worker.ask("release job")).isEqualTo("RELEASED");
            assertThat(worker.ask("state job")).isEqualTo("over");
            assertThat(worker.ask("wait job")).isEqualTo("waiting");
            assertThat(Long.parseLong(worker.ask("token job"))).isGreaterThan(token);
            assertThat(worker.ask("dance")).isEqualTo("unknown command dance");
            assertThat(worker.ask("close")).isEqualTo("closed");
            assertThat(worker.ask("lost job")).isEqualTo("CLIENT_CLOSED");
        }
    }
}
