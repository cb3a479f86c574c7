// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import static dev.holdfast.conformance.FileClients.PATIENCE;
import static dev.holdfast.conformance.FileClients.granted;
import static dev.holdfast.conformance.FileClients.isBusy;
import static dev.holdfast.conformance.FileClients.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.trials.process.LockWorker;
import dev.holdfast.trials.process.WorkerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who uses the lock files without knowing of this client: other programs, other channels, another copy of the library. */
final class FileStrangersTest {
    @TempDir
    Path directory;

    private FileClients clients;
    private Holdfast locks;

    @BeforeEach
    void open() {
        clients = new FileClients(directory);
        locks = clients.client();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        clients.close();
    }

    /** A program that takes the kernel's lock on a file without waiting, says how that went, and ends when its input does. */
    private Process python(String name) throws IOException {
        String program = """
                import fcntl, sys
                file = open(sys.argv[1], 'r+')
                try:
                  fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                  print('held', flush=True)
                except OSError:
                  print('busy', flush=True)
                sys.stdin.read()
                """;
        return new ProcessBuilder(
                        "python3", "-c", program, clients.file(name + ".lock").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private String saidByPython(String name) throws Exception {
        Process python = python(name);
        try (BufferedReader out = python.inputReader()) {
            String line = out.readLine();
            python.getOutputStream().close();
            assertThat(python.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return line;
        } finally {
            python.destroyForcibly();
        }
    }

    @Test
    void otherProgram_isExcludedWhileTheLockIsHeld() throws Exception {
        Lease lease = take(locks, "a");
        assertThat(saidByPython("a")).isEqualTo("busy");
        lease.release();
        assertThat(saidByPython("a")).isEqualTo("held");
        take(locks, "a").release();
    }

    @Test
    void otherProgram_thatHoldsTheLock_excludesAndIsWaitedForUntilItIsKilled() throws Exception {
        Files.createFile(clients.file("a.lock"));
        Process python = python("a");
        try {
            assertThat(python.inputReader().readLine()).isEqualTo("held");
            assertThat(isBusy(locks, "a")).isTrue();
            CompletableFuture<Lease> waiter = locks.lock("a").acquireAsync();
            await().atMost(PATIENCE).until(() -> FileClients.threads(FileClients.WAITING) == 1);
            python.destroyForcibly().waitFor();
            granted(waiter).release();
        } finally {
            python.destroyForcibly();
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void copyOfTheLibraryInAnotherClassLoader_sharesTheLine() throws Exception {
        List<URL> path = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(":", -1)) {
            path.add(Path.of(entry).toUri().toURL());
        }
        try (URLClassLoader loader =
                new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            UnaryOperator<String> copy;
            // Providers are looked up by the context's loader, as in a container.
            Thread.currentThread().setContextClassLoader(loader);
            try {
                copy = (UnaryOperator<String>) loader.loadClass(LockWorker.class.getName())
                        .getConstructor(String.class)
                        .newInstance(clients.uri());
            } finally {
                Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
            }
            assertThat(copy.getClass()).isNotEqualTo(LockWorker.class);
            Lease lease = take(locks, "a");
            assertThat(copy.apply("try a")).isEqualTo("busy");
            assertThat(copy.apply("wait a")).isEqualTo("waiting");
            assertThat(clients.descriptors()).as("the lock and its record").isEqualTo(2);
            lease.release();
            long theirs = Long.parseLong(copy.apply("token a"));
            assertThat(theirs).isGreaterThan(lease.token());
            CompletableFuture<Lease> waiter = locks.lock("a").acquireAsync();
            assertThat(isBusy(clients.client(), "a")).isTrue();
            assertThat(waiter).isNotDone();
            assertThat(copy.apply("release a")).isEqualTo("RELEASED");
            Lease next = granted(waiter);
            assertThat(next.token()).isGreaterThan(theirs);
            next.release();
            assertThat(copy.apply("close")).isEqualTo("closed");
        }
    }

    @Test
    void channelOfSomebodyElseInThisJvm_isBusyAndKeepsItsLock() throws Exception {
        WorkerProcess other = clients.process();
        try (FileChannel stranger =
                FileChannel.open(clients.file("a.lock"), StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            FileLock lock = stranger.lock();
            assertThat(isBusy(locks, "a")).isTrue();
            assertThat(locks.inspect("a")).isNotNull();
            CompletableFuture<Lease> waiter = locks.lock("a").acquireAsync();
            assertThat(other.ask("try a")).isEqualTo("busy");
            lock.release();
            Lease lease = granted(waiter);
            assertThat(other.ask("try a")).isEqualTo("busy");
            lease.release();
            assertThat(Long.parseLong(other.ask("try a"))).isGreaterThan(lease.token());
            assertThat(other.ask("release a")).isEqualTo("RELEASED");
        }
        assertThat(isBusy(locks, "a"))
                .as("our channel, which stays open, does its work")
                .isFalse();
    }

    /** The documented limit of the kernel's locks. Tokens are what is left then. */
    @Test
    void lockFileReadByThisJvm_letsAnotherProcessInButWithALargerToken() throws Exception {
        WorkerProcess other = clients.process();
        Lease lease = take(locks, "a");
        assertThat(other.ask("try a")).isEqualTo("busy");
        Files.readAllBytes(clients.file("a.lock"));
        assertThat(Long.parseLong(other.ask("try a"))).isGreaterThan(lease.token());
        assertThat(lease.isHeld()).as("nobody tells the holder").isTrue();
        assertThat(other.ask("release a")).isEqualTo("RELEASED");
        lease.release();
    }
}
