// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.LockInfo;
import dev.holdfast.Tier;
import dev.holdfast.spi.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One JVM. What takes several processes, or several copies of the library, is in the module {@code conformance}. */
class FileBackendTest {
    @TempDir
    Path directory;

    private FileBackend backend;

    @BeforeEach
    void open() {
        backend = opened(directory);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        backend.close();
        Await.until("the table is gone", () -> System.getProperties().get(JvmLocks.PROPERTY) == null);
        Await.until("no thread is left", () -> threads() == 0);
        assertThat(descriptors(directory)).isZero();
    }

    static FileBackend opened(Path directory) {
        FileBackend backend = new FileBackend(directory);
        Deployment deployment = backend.open(new Events(), Duration.ofSeconds(5));
        assertThat(deployment.tier()).isEqualTo(Tier.L);
        assertThat(deployment.expiry()).isEqualTo(Deployment.Expiry.SESSION);
        assertThat(deployment.blocking()).isTrue();
        return backend;
    }

    static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("holdfast-file"))
                .count();
    }

    static long descriptors(Path directory) throws IOException {
        Path real = directory.toRealPath();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(descriptor -> {
                        try {
                            return Files.readSymbolicLink(descriptor).startsWith(real);
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .count();
        }
    }

    private RecordingClaim acquire(RecordingClaim claim) {
        backend.acquire(claim);
        return claim;
    }

    private RecordingClaim held(String key) {
        RecordingClaim claim = acquire(RecordingClaim.trying(key));
        assertThat(claim.answers).containsExactly("granted");
        return claim;
    }

    private void release(RecordingClaim claim) {
        backend.release(claim, null);
        assertThat(claim.last()).isEqualTo("freed, was held");
    }

    @Test
    void acquire_ofAHeldLock_isBusyUntilItIsReleased() {
        RecordingClaim first = held("a");
        assertThat(acquire(RecordingClaim.trying("a")).last()).isEqualTo("busy");
        release(first);
        RecordingClaim second = held("a");
        assertThat(second.revision).isGreaterThan(first.revision);
        release(second);
    }

    @Test
    void acquire_again_findsItsOwnGrant() {
        RecordingClaim claim = held("a");
        long revision = claim.revision;
        backend.acquire(claim);
        assertThat(claim.answers).containsExactly("granted", "granted");
        assertThat(claim.revision).isEqualTo(revision);
        release(claim);
        backend.release(claim, null);
        assertThat(claim.last()).isEqualTo("freed");
    }

    @Test
    void renew_verifiesTheKernelsLock() {
        RecordingClaim claim = held("a");
        backend.renew(List.of(claim));
        assertThat(claim.last()).isEqualTo("renewed");
        release(claim);
        backend.renew(List.of(claim));
        assertThat(claim.last()).isEqualTo("gone TAKEN_OVER");
    }

    @Test
    void waitingClaims_areGrantedInOrder() throws Exception {
        RecordingClaim holder = held("a");
        RecordingClaim first = acquire(RecordingClaim.waiting("a"));
        RecordingClaim second = acquire(RecordingClaim.waiting("a"));
        assertThat(first.answers).containsExactly("queued");
        backend.acquire(first);
        assertThat(first.answers).containsExactly("queued", "queued");
        release(holder);
        Await.until("first", () -> first.has("granted"));
        assertThat(second.has("granted")).isFalse();
        assertThat(acquire(RecordingClaim.trying("a")).last()).isEqualTo("busy");
        release(first);
        Await.until("second", () -> second.has("granted"));
        assertThat(second.revision).isGreaterThan(first.revision);
        release(second);
    }

    @Test
    void withdraw_ofAWaitingClaim_leavesTheOthersInLine() throws Exception {
        RecordingClaim holder = held("a");
        RecordingClaim first = acquire(RecordingClaim.waiting("a"));
        RecordingClaim second = acquire(RecordingClaim.waiting("a"));
        backend.withdraw(first);
        assertThat(first.last()).isEqualTo("freed");
        assertThat(acquire(RecordingClaim.trying("a")).last()).isEqualTo("busy");
        release(holder);
        Await.until("second", () -> second.has("granted"));
        assertThat(first.has("granted")).isFalse();
        backend.withdraw(second);
        assertThat(second.last()).isEqualTo("freed, was held");
    }

    @Test
    void withdraw_ofAClaimThatNeverAsked_isFreed() {
        RecordingClaim claim = RecordingClaim.waiting("a");
        backend.withdraw(claim);
        assertThat(claim.answers).containsExactly("freed");
    }

    @Test
    void release_withANextClaim_standsInLineAgain() throws Exception {
        RecordingClaim holder = held("a");
        RecordingClaim rival = acquire(RecordingClaim.waiting("a"));
        RecordingClaim next = RecordingClaim.waiting("a");
        backend.release(holder, next);
        assertThat(holder.last()).isEqualTo("freed, was held");
        Await.until("rival", () -> rival.has("granted"));
        assertThat(next.has("granted")).isFalse();
        release(rival);
        Await.until("next", () -> next.has("granted"));
        release(next);
    }

    @Test
    void interruptFlag_neitherStopsNorLosesNorIsLost() {
        Thread.currentThread().interrupt();
        RecordingClaim claim = held("a");
        assertThat(acquire(RecordingClaim.trying("a")).last()).isEqualTo("busy");
        backend.renew(List.of(claim));
        assertThat(claim.last()).isEqualTo("renewed");
        release(claim);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void interruptFlag_whileWaiting_isKept() throws Exception {
        RecordingClaim holder = held("a");
        Thread.currentThread().interrupt();
        RecordingClaim waiter = acquire(RecordingClaim.waiting("a"));
        RecordingClaim gone = acquire(RecordingClaim.waiting("a"));
        backend.withdraw(gone);
        release(holder);
        assertThat(Thread.interrupted()).isTrue();
        Await.until("granted", () -> waiter.has("granted"));
        release(waiter);
    }

    @Test
    void twoBackends_onOneDirectoryThroughALink_excludeEachOther() throws Exception {
        Path link = directory.resolveSibling(directory.getFileName() + "-link");
        Files.createSymbolicLink(link, directory);
        FileBackend other = opened(link);
        RecordingClaim claim = held("a");
        RecordingClaim rival = RecordingClaim.trying("a");
        other.acquire(rival);
        assertThat(rival.last()).isEqualTo("busy");
        RecordingClaim waiter = RecordingClaim.waiting("a");
        other.acquire(waiter);
        release(claim);
        Await.until("granted", () -> waiter.has("granted"));
        assertThat(waiter.revision).isGreaterThan(claim.revision);
        other.release(waiter, null);
        other.close();
        Files.delete(link);
    }

    @Test
    void systemPropertiesReplaced_whileOpen_stillShareTheTable() {
        Properties before = System.getProperties();
        RecordingClaim claim = held("a");
        Properties replaced = new Properties();
        before.stringPropertyNames().forEach(name -> replaced.setProperty(name, before.getProperty(name)));
        System.setProperties(replaced);
        try {
            FileBackend other = opened(directory);
            RecordingClaim rival = RecordingClaim.trying("a");
            other.acquire(rival);
            assertThat(rival.last()).isEqualTo("busy");
            other.close();
        } finally {
            System.setProperties(before);
        }
        assertThat(acquire(RecordingClaim.trying("a")).last()).isEqualTo("busy");
        release(claim);
    }

    @Test
    void thousandWaitingClaims_areOneLine() throws Exception {
        RecordingClaim holder = held("a");
        List<RecordingClaim> waiters = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            waiters.add(acquire(RecordingClaim.waiting("a")));
        }
        assertThat(threads()).isZero();
        assertThat(descriptors(directory)).as("the lock and its record").isEqualTo(2);
        release(holder);
        long revision = holder.revision;
        for (RecordingClaim waiter : waiters) {
            Await.until("granted", () -> waiter.has("granted"));
            assertThat(waiter.revision).isGreaterThan(revision);
            revision = waiter.revision;
            release(waiter);
        }
    }

    @Test
    void manyNamesInTurn_leaveOpenThoseUsedLastAndNoThread() throws Exception {
        JvmLocks jvm = JvmLocks.open();
        for (int i = 0; i < 2_000; i++) {
            String key = "n" + i % 500;
            RecordingClaim holder = held(key);
            RecordingClaim waiter = acquire(RecordingClaim.waiting(key));
            if (i % 2 == 0) {
                backend.withdraw(waiter);
                release(holder);
            } else {
                release(holder);
                backend.withdraw(waiter);
            }
            Await.until("freed", () -> waiter.last().startsWith("freed"));
        }
        Await.until("few entries", () -> jvm.files().size() <= 64);
        Await.until("no thread", () -> threads() == 0);
        assertThat(descriptors(directory)).isBetween(1L, 128L);
        jvm.close();
    }

    @Test
    void withdraw_racingWithTheGrant_neverLeavesTheLockHeld() throws Exception {
        for (int i = 0; i < 3_000; i++) {
            RecordingClaim holder = acquire(RecordingClaim.waiting("a"));
            Await.until("granted " + i, () -> holder.has("granted"));
            RecordingClaim waiter = acquire(RecordingClaim.waiting("a"));
            backend.release(holder, null);
            long end = System.nanoTime() + ThreadLocalRandom.current().nextInt(300_000);
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            backend.withdraw(waiter);
            Await.until("freed", () -> waiter.last().startsWith("freed"));
        }
        release(held("a"));
    }

    @Test
    void inspect_tellsTheHolder() throws Exception {
        assertThat(backend.inspect("a").toCompletableFuture().join()).isNull();
        assertThat(directory.resolve("a.lock")).doesNotExist();
        RecordingClaim claim = held("a");
        LockInfo info = backend.inspect("a").toCompletableFuture().join();
        assertThat(info.name()).isEqualTo("a");
        assertThat(info.ownerLabel()).isEqualTo(claim.ownerLabel());
        assertThat(info.token()).hasValue(claim.revision << 10);
        assertThat(info.since()).isNotNull();
        release(claim);
        assertThat(backend.inspect("a").toCompletableFuture().join()).isNull();
    }

    @Test
    void list_pagesThroughTheHeldLocks() throws Exception {
        List<RecordingClaim> claims = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            claims.add(held("k" + i));
        }
        release(claims.remove(7));
        RecordingClaim other = held("other");
        var first = backend.list("Full/k", null).toCompletableFuture().join();
        var second =
                backend.list("Full/k", first.cursor()).toCompletableFuture().join();
        assertThat(first.locks()).hasSize(256);
        assertThat(second.locks()).hasSize(43);
        assertThat(second.cursor()).isNull();
        assertThat(first.locks())
                .extracting(LockInfo::name)
                .contains("Full/k0", "Full/k1")
                .doesNotContain("Full/k7");
        assertThat(backend.list("k", null).toCompletableFuture().join().locks()).isEmpty();
        backend.releaseAll(List.copyOf(claims), System.nanoTime() + 1_000_000_000L);
        assertThat(claims).allMatch(claim -> claim.last().equals("freed, was held"));
        release(other);
    }

    @Test
    void forceRelease_isRefusedAndNamesTheProcessToEnd() {
        assertThat(backend.forceRelease("a", true).toCompletableFuture().join()).isFalse();
        RecordingClaim claim = held("a");
        assertThatThrownBy(() ->
                        backend.forceRelease("a", true).toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        BackendException.class, e -> assertThat(e.isTransient()).isFalse())
                .hasMessageContaining("process " + ProcessHandle.current().pid())
                .hasMessageContaining(claim.ownerLabel());
        release(claim);
    }

    @Test
    void locksOfOtherPrograms_areSeen() throws Exception {
        Files.createFile(directory.resolve("a.lock"));
        Process python = new ProcessBuilder(
                        "python3",
                        "-c",
                        "import fcntl,sys; f=open(sys.argv[1],'r+'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True);"
                                + " sys.stdin.read()",
                        directory.resolve("a.lock").toString())
                .start();
        try {
            assertThat(python.inputReader().readLine()).isEqualTo("held");
            assertThat(acquire(RecordingClaim.trying("a")).last()).isEqualTo("busy");
            LockInfo info = backend.inspect("a").toCompletableFuture().join();
            assertThat(info).isNotNull();
            assertThat(info.ownerLabel()).isNull();
            assertThat(backend.list("", null).toCompletableFuture().join().locks())
                    .hasSize(1);
            RecordingClaim waiter = acquire(RecordingClaim.waiting("a"));
            python.getOutputStream().close();
            Await.until("granted", () -> waiter.has("granted"));
            release(waiter);
        } finally {
            python.destroyForcibly().waitFor();
        }
    }
}
