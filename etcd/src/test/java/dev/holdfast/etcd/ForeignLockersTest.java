// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockInfo;
import dev.holdfast.testkit.servers.EtcdServer;
import dev.holdfast.trials.process.WorkerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code etcdctl lock}, which is Go's concurrency.Mutex, and this library on one name. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ForeignLockersTest {
    @RegisterExtension
    static final EtcdServer etcd = EtcdServer.start(EtcdFixture.QUICK);

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(etcd.uri());
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** {@code etcdctl lock} with a program that says so by a line, and ends when it is told by a file. */
    private record Etcdctl(Process process, Path goOn) implements AutoCloseable {
        static Etcdctl lock(String name) throws IOException {
            Path goOn = Files.createTempDirectory("holdfast-etcdctl").resolve("go-on");
            String program = "echo in; while [ ! -e \"$0\" ]; do sleep 0.02; done";
            ProcessBuilder lock = new ProcessBuilder(
                    "etcdctl",
                    "--endpoints=" + etcd.address(),
                    "lock",
                    "--ttl=2",
                    name,
                    "--",
                    "sh",
                    "-c",
                    program,
                    goOn.toString());
            lock.environment().put("ETCDCTL_API", "3");
            Process process =
                    lock.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            return new Etcdctl(process, goOn);
        }

        void awaitIn() throws IOException {
            assertThat(process.inputReader().readLine()).isEqualTo("in");
        }

        void release() throws IOException {
            Files.createFile(goOn);
        }

        void kill() throws InterruptedException {
            List<ProcessHandle> children = process.descendants().toList();
            process.destroyForcibly().waitFor();
            children.forEach(ProcessHandle::destroyForcibly);
        }

        @Override
        public void close() throws IOException, InterruptedException {
            kill();
            Files.deleteIfExists(goOn);
            Files.delete(goOn.getParent());
        }
    }

    @Test
    void etcdctlHolds_weWait_andFollowWhenItReleases() throws Exception {
        try (Etcdctl foreign = Etcdctl.lock("job")) {
            foreign.awaitIn();
            Holdfast client = stage.client();
            assertThat(client.lock("job").tryAcquire()).isNull();
            LockInfo info = client.inspect("job");
            assertThat(info).isNotNull();
            assertThat(info.ownerLabel()).isNull();
            CompletableFuture<Lease> waiter = client.lock("job").acquireAsync();
            await().until(() -> stage.keysOf("job").size() == 2);
            Stage.pause(500);
            assertThat(waiter).isNotDone();
            foreign.release();
            Stage.get(waiter).release();
        }
    }

    @Test
    void etcdctl_killedWhileItWaits_letsThoseBehindItGoOn() throws Exception {
        Lease held = Stage.take(stage.client(), "job");
        try (Etcdctl foreign = Etcdctl.lock("job")) {
            await().until(() -> stage.keysOf("job").size() == 2);
            CompletableFuture<Lease> behind = stage.client().lock("job").acquireAsync(Stage.PATIENCE);
            await().until(() -> stage.keysOf("job").size() == 3);
            foreign.kill();
            held.release();
            Stage.get(behind).release();
        }
    }

    @Test
    void weHold_etcdctlWaits_andFollowsWhenWeRelease() throws Exception {
        Lease held = Stage.take(stage.client(), "job");
        try (Etcdctl foreign = Etcdctl.lock("job")) {
            await().until(() -> stage.keysOf("job").size() == 2);
            Stage.pause(500);
            assertThat(foreign.process().getInputStream().available()).isZero();
            held.release();
            foreign.awaitIn();
        }
    }

    @Test
    void etcdctlIsKilled_weFollowWhenItsLeaseEnds() throws Exception {
        try (Etcdctl foreign = Etcdctl.lock("job")) {
            foreign.awaitIn();
            CompletableFuture<Lease> waiter = stage.client().lock("job").acquireAsync(Stage.PATIENCE);
            await().until(() -> stage.keysOf("job").size() == 2);
            foreign.kill();
            Stage.get(waiter).release();
        }
    }

    @Test
    void weAreKilled_etcdctlFollowsWhenOurLeaseEnds() throws Exception {
        WorkerProcess holder = stage.process("lease-time=2s");
        assertThat(Long.parseLong(holder.ask("try job"))).isPositive();
        try (Etcdctl foreign = Etcdctl.lock("job")) {
            await().until(() -> stage.keysOf("job").size() == 2);
            holder.kill();
            foreign.awaitIn();
        }
    }

    @Test
    void shellLoopOfEtcdctl_andThisLibrary_neverHoldTheLockTogether() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger foreignTimes = new AtomicInteger();
        CompletableFuture<Void> overlap = new CompletableFuture<>();
        Thread foreign = new Thread(() -> {
            for (int tries = 0; tries < 30 && foreignTimes.get() < 8 && !overlap.isDone(); tries++) {
                try (Etcdctl process = Etcdctl.lock("job")) {
                    process.awaitIn();
                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                    foreignTimes.incrementAndGet();
                    Stage.pause(10);
                    inside.decrementAndGet();
                    process.release();
                    process.process().waitFor();
                } catch (IOException | InterruptedException | AssertionError e) {
                    overlap.completeExceptionally(e);
                }
            }
        });
        foreign.start();
        Holdfast client = stage.client();
        int ours = 0;
        while (foreign.isAlive()) {
            try (Lease lease = client.lock("job").acquire(Stage.PATIENCE)) {
                assertThat(inside.incrementAndGet())
                        .as("holders at the same time")
                        .isEqualTo(1);
                ours++;
                Stage.pause(2);
                inside.decrementAndGet();
                assertThat(lease.isHeld()).isTrue();
            }
        }
        foreign.join();
        assertThat(overlap.isCompletedExceptionally()).as("%s", overlap).isFalse();
        assertThat(ours).isGreaterThan(5);
        assertThat(foreignTimes.get()).as("turns of etcdctl").isEqualTo(8);
    }

    /** The server's own lock service, which jetcd's Lock calls. Asked as programs without gRPC ask it. */
    private record Service(String lease) {
        static Service begin() {
            return new Service(Gateway.field(Gateway.post(etcd.address(), "lease/grant", "{\"TTL\":\"30\"}"), "ID"));
        }

        /** Returns with the key when the lock is held. */
        String lock(String name) {
            String text = Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
            String answer = Gateway.post(
                    etcd.address(), "lock/lock", "{\"name\":\"" + text + "\",\"lease\":\"" + lease + "\"}");
            assertThat(Gateway.field(answer, "key")).as("%s", answer).isNotEmpty();
            return Gateway.field(answer, "key");
        }

        void unlock(String key) {
            Gateway.post(etcd.address(), "lock/unlock", "{\"key\":\"" + key + "\"}");
        }
    }

    @Test
    void lockServiceOfTheServer_andWe_excludeEachOther() throws Exception {
        Service service = Service.begin();
        Holdfast client = stage.client();
        String key = service.lock("job");
        assertThat(client.lock("job").tryAcquire()).isNull();
        CompletableFuture<Lease> waiter = client.lock("job").acquireAsync(Stage.PATIENCE);
        await().until(() -> stage.keysOf("job").size() == 2);
        assertThat(waiter).isNotDone();
        service.unlock(key);
        Lease held = Stage.get(waiter);
        CompletableFuture<String> foreign =
                CompletableFuture.supplyAsync(() -> service.lock("job"), task -> new Thread(task).start());
        await().until(() -> stage.keysOf("job").size() == 2);
        Stage.pause(300);
        assertThat(foreign).isNotDone();
        held.release();
        assertThat(Stage.get(foreign)).isNotEmpty();
        assertThat(client.lock("job").tryAcquire()).isNull();
    }

    @Test
    void etcdctl_waitsForKeysBelowNestedNames_asThePageSays() throws Exception {
        Lease nested = Stage.take(stage.client(), "a/b");
        try (Etcdctl foreign = Etcdctl.lock("a")) {
            await().until(() -> stage.keysOf("a").size() == 2);
            Stage.pause(500);
            assertThat(foreign.process().getInputStream().available()).isZero();
            assertThat(stage.client().lock("a/c").tryAcquire()).isNotNull();
            nested.release();
            foreign.awaitIn();
        }
    }

    @Test
    void nestedNames_ofOurs_doNotExcludeEachOther() {
        Holdfast client = stage.client();
        Lease inner = Stage.take(client, "a/b/c");
        for (int i = 0; i < 5; i++) {
            Stage.take(client, "a/" + i);
        }
        assertThat(client.lock("a").tryAcquire()).isNotNull().satisfies(outer -> {
            assertThat(stage.client().lock("a").tryAcquire()).isNull();
            assertThat(client.lock("a/b").tryAcquire()).isNotNull();
            assertThat(inner.isHeld()).isTrue();
        });
        try (Stream<LockInfo> locks = client.list("a/")) {
            assertThat(locks.map(LockInfo::name))
                    .contains("a/b", "a/b/c", "a/0")
                    .doesNotContain("a");
        }
    }

    @Test
    void nestedNames_waitersInLine_areServed() throws Exception {
        Holdfast client = stage.client();
        for (int i = 0; i < 5; i++) {
            Stage.take(client, "a/" + i);
        }
        Lease held = Stage.take(client, "a");
        CompletableFuture<Lease> waiter = stage.client().lock("a").acquireAsync();
        await().until(() -> stage.keysOf("a").size() == 7);
        for (int i = 5; i < 10; i++) {
            Stage.take(client, "a/" + i);
        }
        assertThat(waiter).isNotDone();
        held.release();
        Stage.get(waiter).release();
    }

    @Test
    void forcedRelease_ofAForeignHolder_onlyWorksAtOnce() throws Exception {
        try (Etcdctl foreign = Etcdctl.lock("job")) {
            foreign.awaitIn();
            Holdfast client = stage.client();
            assertThatThrownBy(() -> client.forceRelease("job"))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("at once");
            assertThat(client.forceReleaseNow("job")).isTrue();
            Stage.take(client, "job").release();
        }
    }

    @Test
    void listing_pagesThroughMoreLocksThanAPageHas_andShowsForeignOnes() throws Exception {
        Holdfast client = stage.client("lease-time=30s");
        List<CompletableFuture<Lease>> leases = Stream.iterate(0, i -> i + 1)
                .limit(1_200)
                .map(i -> client.lock("page/" + i).acquireAsync(Stage.PATIENCE))
                .toList();
        for (CompletableFuture<Lease> lease : leases) {
            Stage.get(lease);
        }
        Stage.take(client, "Größe");
        stage.operator().put("page/data", "no lock", 0);
        try (Etcdctl foreign = Etcdctl.lock("page/foreign")) {
            foreign.awaitIn();
            try (Stream<LockInfo> locks = client.list("page/")) {
                assertThat(locks.map(LockInfo::name).toList())
                        .hasSize(1_201)
                        .doesNotHaveDuplicates()
                        .contains("page/foreign");
            }
            try (Stream<LockInfo> locks = client.list("Gr")) {
                assertThat(locks.map(LockInfo::name)).containsExactly("Größe");
            }
            try (Stream<LockInfo> locks = client.list("")) {
                assertThat(locks.map(LockInfo::name)).hasSize(1_202);
            }
        }
    }
}
