// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.servers.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What would grow, drift or be forgotten if locks were used for long, or many of them. */
final class CountsTest {
    @RegisterExtension
    static final RedisServer redis = RedisServer.start();

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(redis);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void twentyThousandNames_usedOnce_leaveNoKeyForEver() throws Exception {
        Holdfast client = stage.client("lease-time=30s");
        for (int from = 0; from < 20_000; from += 2_000) {
            List<CompletableFuture<Lease>> leases = new ArrayList<>();
            for (int i = from; i < from + 2_000; i++) {
                leases.add(client.lock("once-" + i).acquireAsync());
            }
            for (CompletableFuture<Lease> lease : leases) {
                Stage.get(lease).releaseAsync();
            }
        }
        await("only fences are left")
                .atMost(Stage.PATIENCE)
                .until(() -> stage.redis().dbsize() == 20_000);
        assertThat(stage.redis().info("keyspace")).contains("keys=20000,expires=20000,");
    }

    @Test
    void fiftyClients_costTwoRequestsPerGrantAtMost() throws Exception {
        List<Holdfast> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clients.add(stage.client("lease-time=30s&local-handovers=0"));
        }
        int turns = 20;
        long before = stage.calls();
        List<CompletableFuture<Void>> workers = new ArrayList<>();
        for (Holdfast client : clients) {
            workers.add(
                    CompletableFuture.runAsync(() -> lockAndRelease(client, turns), task -> new Thread(task).start()));
        }
        for (CompletableFuture<Void> worker : workers) {
            Stage.get(worker);
        }
        assertThat((stage.calls() - before) / (double) (clients.size() * turns))
                .as("requests per grant")
                .isLessThan(2.1);
    }

    private static void lockAndRelease(Holdfast client, int times) {
        try {
            for (int i = 0; i < times; i++) {
                client.lock("job").acquire().release();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Places in line are numbered: whoever comes and goes must neither keep one nor let the others lose theirs. */
    @Test
    void waitersThatComeAndGo_neitherStayInLineNorOvertakeThoseWhoStay() throws Exception {
        Lease held = Stage.take(stage.client("lease-time=30s"), "job");
        CompletableFuture<Lease> first =
                stage.client("lease-time=30s").lock("job").acquireAsync();
        await().atMost(Stage.PATIENCE).until(() -> stage.inLine("job") == 1);
        Holdfast impatient = stage.client("lease-time=30s");
        for (int i = 0; i < 300; i++) {
            assertThat(impatient.lock("job").tryAcquire(Duration.ofMillis(3))).isNull();
        }
        CompletableFuture<Lease> last = stage.client().lock("job").acquireAsync();
        await("the impatient one is gone").atMost(Stage.PATIENCE).until(() -> stage.inLine("job") == 2);
        assertThat(stage.redis()
                        .zscore(
                                KeyLayout.of("job").line(),
                                stage.redis()
                                        .zrange(KeyLayout.of("job").line(), -1, -1)
                                        .get(0)))
                .as("numbers of places")
                .isLessThan(1_000);
        held.release();
        Lease next = Stage.get(first);
        assertThat(last).isNotDone();
        next.release();
        Stage.get(last).release();
        assertThat(stage.redis()
                        .exists(
                                "job",
                                KeyLayout.of("job").line(),
                                KeyLayout.of("job").heard()))
                .isZero();
    }

    /** The line itself expires, if nobody in it is heard of. */
    @Test
    void waiter_thatWaitsLongerThanItsPlaceLasts_keepsIt() throws Exception {
        Lease held = Stage.take(stage.client("lease-time=30s"), "job");
        CompletableFuture<Lease> first =
                stage.client("lease-time=2s").lock("job").acquireAsync();
        await().atMost(Stage.PATIENCE).until(() -> stage.inLine("job") == 1);
        CompletableFuture<Lease> second =
                stage.client("lease-time=2s").lock("job").acquireAsync();
        Stage.pause(5_000);
        held.release();
        long released = System.nanoTime();
        Stage.get(first).release();
        Stage.get(second).release();
        assertThat(Duration.ofNanos(System.nanoTime() - released)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void threadThatDiesWithALock_keepsItForMaxHoldAtMost() throws Exception {
        Holdfast client = stage.client("lease-time=2s&max-hold=1s");
        AtomicReference<Lease> leaked = new AtomicReference<>();
        Thread thread = new Thread(() -> leaked.set(Stage.take(client, "job")));
        thread.start();
        thread.join();
        Lease next = stage.client().lock("job").acquire(Stage.PATIENCE);
        assertThat(Stage.get(leaked.get().whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.MAX_HOLD_REACHED);
        assertThat(next.token()).isGreaterThan(leaked.get().token());
    }

    /** The client keeps what belongs to the 64 names used last, and drops the rest. */
    @Test
    void heldLock_whoseNameIsNoLongerAmongThoseUsedLast_isReleasedAllTheSame() {
        Holdfast client = stage.client("lease-time=30s");
        Lease lease = Stage.take(client, "lease");
        assertThat(client.lock("view").asJavaLock().tryLock()).isTrue();
        for (int i = 0; i < 300; i++) {
            Stage.take(client, "other-" + i).release();
        }
        System.gc();
        assertThat(lease.release()).isEqualTo(ReleaseResult.RELEASED);
        client.lock("view").asJavaLock().unlock();
        assertThat(stage.redis().exists("lease", "view")).isZero();
    }
}
