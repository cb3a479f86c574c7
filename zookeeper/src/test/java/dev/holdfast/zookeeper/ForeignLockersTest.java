// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import dev.holdfast.trials.process.LockWorker;
import dev.holdfast.trials.process.WorkerProcess;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that lock with other libraries stand in the same line. */
final class ForeignLockersTest {
    @RegisterExtension
    static final ZooKeeperServer zookeeper = ZooKeeperServer.start(ZooKeeperFixture.SETTINGS);

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(zookeeper);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private String job() {
        return stage.path() + "/job";
    }

    private WorkerProcess curator() throws Exception {
        return stage.opened(WorkerProcess.start(CuratorWorker.class, stage.servers()));
    }

    private ForeignProcess kazoo(String... patterns) throws Exception {
        return stage.opened(ForeignProcess.kazoo(stage.servers(), patterns));
    }

    @ParameterizedTest
    @CsvSource({"curator", "twin"})
    void curator_andWe_excludeEachOther(String dialect) throws Exception {
        WorkerProcess curator = curator();
        Holdfast client = stage.client("session-timeout=2s&dialect=" + dialect);
        Lease held = Stage.take(client, "job");
        assertThat(curator.ask("try " + job())).isEqualTo("busy");
        curator.ask("wait " + job());
        stage.awaitContenders(dialect.equals("twin") ? 3 : 2);
        assertThat(curator.ask("state " + job())).isEqualTo("waiting");
        held.release();
        assertThat(curator.ask("granted " + job())).isEqualTo("held");
        assertThat(client.lock("job").tryAcquire()).isNull();
        CompletableFuture<Lease> waiter = client.lock("job").acquireAsync();
        assertThat(client.inspect("job")).isNotNull();
        Stage.pause(100);
        assertThat(waiter).isNotDone();
        curator.ask("release " + job());
        Lease next = Stage.get(waiter);
        assertThat(next.token()).isGreaterThan(held.token());
    }

    @Test
    void curator_killedWhileItHolds_isFollowedWhenItsSessionEnds() throws Exception {
        WorkerProcess curator = curator();
        assertThat(curator.ask("try " + job())).isEqualTo("held");
        Holdfast client = stage.client("session-timeout=2s");
        CompletableFuture<Lease> waiter = client.lock("job").acquireAsync();
        stage.awaitContenders(2);
        curator.kill();
        assertThat(Stage.get(waiter).isHeld()).isTrue();
    }

    @Test
    void we_killedWhileHoldingAndWaiting_areFollowedByCurator() throws Exception {
        WorkerProcess holder = stage.opened(LockWorker.start(stage.uri(stage.servers(), "session-timeout=4s")));
        WorkerProcess waiter = stage.opened(LockWorker.start(stage.uri(stage.servers(), "session-timeout=4s")));
        holder.ask("try job");
        waiter.ask("wait job");
        stage.awaitContenders(2);
        WorkerProcess curator = curator();
        curator.ask("wait " + job());
        stage.awaitContenders(3);
        waiter.kill();
        holder.kill();
        assertThat(curator.ask("granted " + job())).isEqualTo("held");
    }

    @Test
    void curator_killedWhileItWaits_letsThoseBehindItGoOn() throws Exception {
        WorkerProcess curator = curator();
        Lease held = Stage.take(stage.client("session-timeout=2s"), "job");
        curator.ask("wait " + job());
        stage.awaitContenders(2);
        CompletableFuture<Lease> behind =
                stage.client("session-timeout=2s").lock("job").acquireAsync();
        stage.awaitContenders(3);
        curator.kill();
        held.release();
        assertThat(Stage.get(behind).token()).isGreaterThan(held.token());
    }

    @Test
    void curatorAndWe_inTurns_areNeverTwoInside() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger turns = new AtomicInteger();
        CompletableFuture<Void> over = new CompletableFuture<>();
        try (CuratorFramework curator = CuratorFrameworkFactory.newClient(stage.servers(), new RetryOneTime(100))) {
            curator.start();
            InterProcessMutex mutex = new InterProcessMutex(curator, job());
            Thread foreign = new Thread(() -> {
                try {
                    for (int i = 0; i < 100; i++) {
                        if (!mutex.acquire(20, TimeUnit.SECONDS)) {
                            throw new AssertionError("Curator waited for 20 s");
                        }
                        assertThat(inside.incrementAndGet()).isEqualTo(1);
                        turns.incrementAndGet();
                        inside.decrementAndGet();
                        mutex.release();
                    }
                    over.complete(null);
                } catch (Exception | AssertionError e) {
                    over.completeExceptionally(e);
                }
            });
            foreign.start();
            Holdfast client = stage.client("session-timeout=4s");
            while (!over.isDone()) {
                try (Lease lease = client.lock("job").acquire(Stage.PATIENCE)) {
                    assertThat(inside.incrementAndGet())
                            .as("holders at the same time")
                            .isEqualTo(1);
                    inside.decrementAndGet();
                }
            }
            foreign.join();
        }
        Stage.get(over);
        assertThat(turns).hasValue(100);
    }

    /** Unmodified kazoo sees twins; when it is told of the other names, it sees those too. */
    @ParameterizedTest
    @CsvSource({"twin,", "kazoo,", "curator,-lock-", "twin,-lock-", "kazoo,-lock-"})
    void kazoo_andWe_excludeEachOther(String dialect, String pattern) throws Exception {
        ForeignProcess kazoo = pattern == null ? kazoo() : kazoo(pattern);
        Holdfast client = stage.client("session-timeout=2s&parent=persistent&dialect=" + dialect);
        Lease held = Stage.take(client, "job");
        assertThat(kazoo.ask("try " + job())).isEqualTo("busy");
        int before = stage.contenders().size();
        kazoo.ask("wait " + job());
        stage.awaitContenders(before + 1);
        Stage.pause(100);
        assertThat(kazoo.hasSaidSomething()).as("whether it waits no more").isFalse();
        held.release();
        assertThat(kazoo.hear()).isEqualTo("held");
        assertThat(client.lock("job").tryAcquire()).isNull();
        CompletableFuture<Lease> waiter = client.lock("job").acquireAsync();
        Stage.pause(100);
        assertThat(waiter).isNotDone();
        assertThat(kazoo.ask("release " + job())).isEqualTo("released");
        assertThat(Stage.get(waiter).token()).isGreaterThan(held.token());
    }

    /** Where the page says "no": we see them, they do not see us. */
    @Test
    void kazooAsItIs_doesNotSeeTheNamesOfCurator_asThePageSays() throws Exception {
        ForeignProcess kazoo = kazoo();
        Holdfast client = stage.client("session-timeout=2s&parent=persistent&dialect=curator");
        Lease held = Stage.take(client, "job");
        assertThat(kazoo.ask("try " + job())).isEqualTo("held");
        held.release();
        assertThat(client.lock("job").tryAcquire()).isNull();
        kazoo.ask("release " + job());
        Stage.take(client, "job");
    }

    @Test
    void curator_doesNotSeeTheNamesOfKazoo_asThePageSays() throws Exception {
        WorkerProcess curator = curator();
        Holdfast client = stage.client("session-timeout=2s&dialect=kazoo");
        Lease held = Stage.take(client, "job");
        assertThat(curator.ask("try " + job())).isEqualTo("held");
        held.release();
        assertThat(client.lock("job").tryAcquire()).isNull();
        curator.ask("release " + job());
        Stage.take(client, "job");
    }

    /** So none of our names may begin with a digit, in whatever dialect. */
    @Test
    void childThatBeginsWithADigit_blocksCurator_andOurNamesDoNot() throws Exception {
        WorkerProcess curator = curator();
        Lease held = Stage.take(stage.client("session-timeout=2s"), "job");
        curator.ask("wait " + job());
        stage.awaitContenders(2);
        CompletableFuture<Lease> behind =
                stage.client("session-timeout=2s&dialect=twin").lock("job").acquireAsync();
        stage.awaitContenders(4);
        held.release();
        assertThat(curator.ask("granted " + job())).isEqualTo("held");
        curator.ask("release " + job());
        Stage.get(behind).release();
        stage.operator().create(job() + "/0000000000__lock__0");
        assertThat(curator.ask("try " + job())).isEqualTo("busy");
        stage.operator().delete(job() + "/0000000000__lock__0");
    }

    @Test
    void kazooLock_whoseNodeWasRemoved_fails_soPersistentNodesAreForKazoo() throws Exception {
        ForeignProcess kazoo = kazoo();
        assertThat(kazoo.ask("try " + job())).isEqualTo("held");
        assertThat(kazoo.ask("release " + job())).isEqualTo("released");
        stage.operator().delete(job());
        assertThat(kazoo.ask("try " + job())).contains("failed", "NoNodeError");
    }

    @Test
    void kazoo_killedWhileItHolds_isFollowedWhenItsSessionEnds() throws Exception {
        ForeignProcess kazoo = kazoo();
        assertThat(kazoo.ask("try " + job())).isEqualTo("held");
        Holdfast client = stage.client("session-timeout=2s&dialect=twin");
        CompletableFuture<Lease> waiter = client.lock("job").acquireAsync();
        stage.awaitContenders(3);
        kazoo.kill();
        assertThat(Stage.get(waiter).isHeld()).isTrue();
    }

    @Test
    void we_killedWhileWeHoldAsTwins_areFollowedByKazoo() throws Exception {
        WorkerProcess holder =
                stage.opened(LockWorker.start(stage.uri(stage.servers(), "session-timeout=4s&dialect=twin")));
        holder.ask("try job");
        ForeignProcess kazoo = kazoo();
        kazoo.ask("wait " + job());
        stage.awaitContenders(3);
        holder.kill();
        assertThat(kazoo.hear()).isEqualTo("held");
    }

    // samuel/go-zookeeper

    private ForeignProcess go() throws Exception {
        return stage.opened(ForeignProcess.go(stage.servers()));
    }

    @Test
    void goLibrary_andWe_excludeEachOther() throws Exception {
        ForeignProcess go = go();
        Holdfast client = stage.client("session-timeout=2s");
        Lease held = Stage.take(client, "job");
        assertThat(go.ask("wait " + job())).isEqualTo("waiting");
        stage.awaitContenders(2);
        Stage.pause(100);
        assertThat(go.hasSaidSomething()).as("whether it waits no more").isFalse();
        held.release();
        assertThat(go.hear()).isEqualTo("held");
        assertThat(client.lock("job").tryAcquire()).isNull();
        CompletableFuture<Lease> waiter = client.lock("job").acquireAsync();
        Stage.pause(100);
        assertThat(waiter).isNotDone();
        assertThat(go.ask("release " + job())).isEqualTo("released");
        assertThat(Stage.get(waiter).token()).isGreaterThan(held.token());
    }

    /** Its own node stays when it fails, until its session ends. */
    @ParameterizedTest
    @CsvSource({"twin, 3", "kazoo, 2"})
    void goLibrary_failsOnTheNamesOfKazoo_asThePageSays(String dialect, int nodes) throws Exception {
        ForeignProcess go = go();
        Stage.take(stage.client("session-timeout=2s&dialect=" + dialect), "job");
        assertThat(go.ask("wait " + job())).isEqualTo("waiting");
        assertThat(go.hear()).startsWith("failed").contains("Atoi");
        stage.awaitContenders(nodes);
    }

    @Test
    void goLibrary_andWe_killedWhileHolding_areFollowed() throws Exception {
        ForeignProcess go = go();
        go.ask("wait " + job());
        assertThat(go.hear()).isEqualTo("held");
        WorkerProcess next = stage.opened(LockWorker.start(stage.uri(stage.servers(), "session-timeout=4s")));
        next.ask("wait job");
        stage.awaitContenders(2);
        ForeignProcess last = go();
        assertThat(last.ask("wait " + job())).isEqualTo("waiting");
        stage.awaitContenders(3);
        go.kill();
        stage.awaitContenders(2);
        assertThat(last.hasSaidSomething()).isFalse();
        next.kill();
        assertThat(last.hear()).isEqualTo("held");
    }
}
