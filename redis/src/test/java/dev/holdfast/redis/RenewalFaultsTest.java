// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.servers.RedisServer;
import dev.holdfast.trials.process.WorkerProcess;
import dev.holdfast.trials.proxy.FaultProxy;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Renewal goes on as long as it should and no longer, and a loss is told. */
final class RenewalFaultsTest {
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
    void thousandPairs_thenOneHold_doNotMultiplyRenewals() {
        FaultProxy proxy = stage.proxy(redis.socketAddress());
        Holdfast client = stage.clientBehind(proxy, "lease-time=3s");
        for (int i = 0; i < 1_000; i++) {
            Stage.take(client, "pair").release();
        }
        Lease held = Stage.take(client, "pair");
        long before = proxy.requests().frames();
        Stage.pause(5_000);
        assertThat(held.isHeld()).isTrue();
        assertThat(proxy.requests().frames() - before)
                .as("requests in five renewal intervals")
                .isBetween(3L, 9L);
    }

    @Test
    void twoThousandLeases_areRenewedInFewRequests() throws Exception {
        FaultProxy proxy = stage.proxy(redis.socketAddress());
        Holdfast client = stage.clientBehind(proxy, "lease-time=3s");
        List<CompletableFuture<Lease>> leases = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            leases.add(client.lock("many-" + i).acquireAsync());
        }
        for (CompletableFuture<Lease> lease : leases) {
            Stage.get(lease);
        }
        long before = proxy.requests().frames();
        Stage.pause(3_000);
        assertThat(leases).allMatch(lease -> lease.join().isHeld());
        assertThat(proxy.requests().frames() - before)
                .as("requests in three renewal intervals")
                .isBetween(16L, 3 * 20L);
    }

    @Test
    void brokenConnection_duringARenewal_doesNotEndRenewing() {
        FaultProxy proxy = stage.proxy(redis.socketAddress());
        Holdfast client = stage.clientBehind(proxy, "lease-time=3s");
        Lease held = Stage.take(client, "job");
        proxy.replies().cutBefore(1);
        Stage.pause(4_000);
        assertThat(held.isHeld()).isTrue();
        assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
    }

    @Test
    void lossAndNewAcquisition_ofTheSameName_renewAgain() throws Exception {
        Holdfast client = stage.client("lease-time=3s");
        Lease first = Stage.take(client, "job");
        stage.redis().del("job");
        assertThat(Stage.get(first.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.TAKEN_OVER);
        Lease second = Stage.take(client, "job");
        Stage.pause(3_300);
        assertThat(second.isHeld()).isTrue();
    }

    @Test
    void killedConnections_areVerifiedAtOnce() throws Exception {
        Holdfast client = stage.client("lease-time=60s");
        Lease kept = Stage.take(client, "kept");
        Lease removed = Stage.take(client, "removed");
        stage.redis().del("removed");
        stage.redis().clientKill(KillArgs.Builder.typeNormal().skipme());
        stage.redis().clientKill(KillArgs.Builder.typePubsub().skipme());
        assertThat(Stage.get(removed.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.TAKEN_OVER);
        assertThat(kept.isHeld()).isTrue();
    }

    @Test
    void flushedData_isToldAsALoss() throws Exception {
        Holdfast client = stage.client("lease-time=3s");
        Lease held = Stage.take(client, "job");
        stage.redis().flushall();
        assertThat(Stage.get(held.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.TAKEN_OVER);
    }

    @Test
    void busyServer_forTwoSeconds_losesNoLock() throws Exception {
        Holdfast client = stage.client("lease-time=6s");
        Lease held = Stage.take(client, "job");
        stage.redis().configSet("lua-time-limit", "50");
        RedisClient other = RedisClient.create("redis://" + redis.address());
        try (var connection = other.connect()) {
            var loop = connection.async().eval("while true do end", ScriptOutputType.INTEGER);
            Stage.pause(2_000);
            await("the script is killed")
                    .atMost(Stage.PATIENCE)
                    .ignoreExceptions()
                    .until(() -> {
                        stage.redis().scriptKill();
                        return true;
                    });
            await().atMost(Stage.PATIENCE).until(loop::isDone);
        } finally {
            other.shutdown();
        }
        Stage.pause(4_300);
        assertThat(held.isHeld()).as("beyond the lease that it had").isTrue();
    }

    @Test
    void flushedScripts_betweenAcquireAndRelease_costOneMoreRequest() {
        FaultProxy proxy = stage.proxy(redis.socketAddress());
        Holdfast client = stage.clientBehind(proxy, "lease-time=10s");
        Lease held = Stage.take(client, "job");
        stage.redis().scriptFlush();
        long before = proxy.requests().frames();
        assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(proxy.requests().frames() - before).isEqualTo(2);
        assertThat(stage.redis().exists("job")).isZero();
    }

    @Test
    void flushedScripts_whileManyRequestsAreUnderWay_loseNone() throws Exception {
        Holdfast client = stage.client("lease-time=30s");
        List<CompletableFuture<ReleaseResult>> cycles = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            if (i % 30 == 0) {
                stage.redis().scriptFlush();
            }
            cycles.add(client.lock("job-" + i % 40)
                    .acquireAsync()
                    .thenCompose(lease -> lease.releaseAsync().toCompletableFuture()));
        }
        for (CompletableFuture<ReleaseResult> cycle : cycles) {
            assertThat(Stage.get(cycle)).isEqualTo(ReleaseResult.RELEASED);
        }
        assertThat(stage.redis().keys("*")).allMatch(key -> key.startsWith("hf~f"));
    }

    @Test
    void lease_isNeverLongerInRedisThanAskedFor() {
        Holdfast client = stage.client("lease-time=2s");
        Lease lease = Stage.take(client, "job");
        assertThat(stage.redis().pttl("job")).isBetween(1_000L, 2_000L);
        long fence = Long.parseLong(stage.redis().get(KeyLayout.of("job").fence()));
        assertThat(fence).isEqualTo(lease.storeRevision());
        assertThat(stage.redis().pttl(KeyLayout.of("job").fence()))
                .as("a fence is forgotten after a week")
                .isBetween(600_000_000L, 604_800_000L);
    }

    @Test
    void stoppedProcess_resumedAfterTwoLeases_knowsThatItLostTheLock() throws Exception {
        WorkerProcess holder = stage.process("lease-time=1s");
        long token = Long.parseLong(holder.ask("try job"));
        holder.ask("watch job");
        holder.stop();
        Holdfast rival = stage.client();
        Lease next = rival.lock("job").acquire(Stage.PATIENCE);
        // For the worker a standstill is longer than two seconds.
        Stage.pause(2_200);
        holder.resume();
        assertThat(holder.ask("resumed job")).isEqualTo("over");
        assertThat(holder.ask("release job")).isEqualTo("ALREADY_LOST");
        assertThat(next.token()).isGreaterThan(token);
        assertThat(next.isHeld()).isTrue();
        assertThat(stage.redis().get("job")).contains("|" + next.storeRevision() + "|");
    }

    @Test
    void staleHolder_keepsItsOldToken() throws Exception {
        Holdfast client = stage.client("lease-time=500ms&auto-renewal=false");
        Lease old = Stage.take(client, "job");
        long token = old.token();
        Lease next = stage.client().lock("job").acquire(Stage.PATIENCE);
        assertThat(old.token()).isEqualTo(token).isLessThan(next.token());
    }
}
