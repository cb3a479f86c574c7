// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockDirectoryTest {
    @TempDir
    Path parent;

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(Path directory) {
        return assertThatThrownBy(() -> new FileBackend(directory).open(new Events(), Duration.ofSeconds(1)))
                .isInstanceOfSatisfying(
                        BackendException.class, e -> assertThat(e.isTransient()).isFalse())
                .hasMessageContaining(directory.toString());
    }

    @Test
    void aMissingDirectory_isCreatedForItsOwner() throws Exception {
        Path directory = parent.resolve("locks");
        FileBackendTest.opened(directory).close();
        assertThat(Files.getPosixFilePermissions(directory)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aMissingParent_isRefused() {
        assertRefused(parent.resolve("no/locks")).hasMessageContaining("Create that first");
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void aFileInItsPlace_isRefused() throws Exception {
        assertRefused(Files.createFile(parent.resolve("locks"))).hasMessageContaining("is not a directory");
    }

    @Test
    void aDanglingLink_isRefused() throws Exception {
        assertRefused(Files.createSymbolicLink(parent.resolve("locks"), parent.resolve("nowhere")))
                .hasMessageContaining("is not a directory");
    }

    @Test
    void aDirectoryThatTakesNoFiles_isRefused() {
        assertRefused(Path.of("/proc")).hasMessageContaining("cannot be written to");
        assertRefused(Path.of("/proc/locks-of-a-test")).hasMessageContaining("cannot be written to");
    }

    @Test
    void networkFileSystems_areKnownByTheirTypes() {
        assertThat(LockDirectory.isNetwork("nfs4")).isTrue();
        assertThat(LockDirectory.isNetwork("cifs")).isTrue();
        assertThat(LockDirectory.isNetwork("9p")).isTrue();
        assertThat(LockDirectory.isNetwork("fuse.sshfs")).isTrue();
        assertThat(LockDirectory.isNetwork("ext4")).isFalse();
        assertThat(LockDirectory.isNetwork("overlay")).isFalse();
    }

    @Test
    void aDirectoryRemovedInUse_failsFatally() throws Exception {
        Path directory = parent.resolve("locks");
        FileBackend backend = FileBackendTest.opened(directory);
        Files.delete(directory);
        RecordingClaim claim = RecordingClaim.trying("a");
        backend.acquire(claim);
        assertThat(claim.answers).containsExactly("failed");
        assertThat(claim.failure().isTransient()).isFalse();
        assertThat(claim.failure()).hasMessageContaining("removed or replaced");
        backend.close();
    }

    @Test
    void aDirectoryReplacedInUse_failsFatally() throws Exception {
        Path directory = parent.resolve("locks");
        FileBackend backend = FileBackendTest.opened(directory);
        Files.move(directory, parent.resolve("old"));
        Files.createDirectory(directory);
        RecordingClaim claim = RecordingClaim.waiting("a");
        backend.acquire(claim);
        assertThat(claim.answers).containsExactly("failed");
        assertThat(claim.failure()).hasMessageContaining("replaced");
        assertThat(directory).isEmptyDirectory();
        backend.close();
    }

    @Test
    void aMissingDirectory_isOpenedByAllWhoStartTogether() throws Exception {
        ExecutorService starters = Executors.newFixedThreadPool(4);
        try {
            for (int i = 0; i < 50; i++) {
                Path wanted = parent.resolve("together-" + i);
                CyclicBarrier start = new CyclicBarrier(4);
                Callable<Object> open = () -> {
                    start.await();
                    return LockDirectory.open(wanted, false).identity();
                };
                Set<Object> directories = new HashSet<>();
                for (Future<Object> opened : starters.invokeAll(List.of(open, open, open, open))) {
                    directories.add(opened.get());
                }
                assertThat(directories).hasSize(1);
            }
        } finally {
            starters.shutdownNow();
        }
    }

    @Test
    void aFullDisk_failsForNow() {
        LockDirectory directory = LockDirectory.open(parent, false);
        assertThatThrownBy(() -> {
                    try (FileChannel full =
                            FileChannel.open(Path.of("/dev/full"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                        RecordFile file = new RecordFile(full, RecordFile.newImage());
                        HolderRecord self = HolderRecord.ofThisProcess();
                        self.grant(file, Path.of("a.info"), self.texts("a", "b"));
                    } catch (IOException e) {
                        throw directory.explain("write the record of", "a", e);
                    }
                })
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("is not held")
                .matches(e -> ((BackendException) e).isTransient());
    }

    @Test
    void aLinkInPlaceOfARecord_isNotFollowedAndHoldsNothing() throws Exception {
        FileBackend backend = FileBackendTest.opened(parent);
        Path info = Files.createSymbolicLink(parent.resolve("a.info"), parent.resolve("elsewhere"));
        RecordingClaim claim = RecordingClaim.trying("a");
        backend.acquire(claim);
        assertThat(claim.answers).containsExactly("failed");
        assertThat(claim.failure().isTransient()).isFalse();
        assertThat(claim.failure()).hasMessageContaining("symbolic link").hasMessageContaining("Remove it");
        assertThat(parent.resolve("elsewhere")).doesNotExist();
        assertThat(backend.inspect("a").toCompletableFuture().join()).isNull();
        Files.delete(info);
        backend.acquire(claim);
        assertThat(claim.last()).isEqualTo("granted");
        backend.release(claim, null);
        backend.close();
    }

    @Test
    void aLinkInPlaceOfALockFile_isNotFollowed() throws Exception {
        FileBackend backend = FileBackendTest.opened(parent);
        Files.createSymbolicLink(parent.resolve("a.lock"), parent.resolve("elsewhere"));
        RecordingClaim claim = RecordingClaim.trying("a");
        backend.acquire(claim);
        assertThat(claim.answers).containsExactly("failed");
        assertThat(parent.resolve("elsewhere")).doesNotExist();
        backend.close();
    }

    @Test
    void aDirectoryInPlaceOfALockFile_failsFatally() throws Exception {
        FileBackend backend = FileBackendTest.opened(parent);
        Files.createDirectory(parent.resolve("a.lock"));
        RecordingClaim claim = RecordingClaim.trying("a");
        backend.acquire(claim);
        assertThat(claim.failure().isTransient()).isFalse();
        assertThat(claim.failure()).hasMessageContaining("no plain file");
        backend.close();
    }
}
