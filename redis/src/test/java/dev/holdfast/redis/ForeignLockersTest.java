// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockInfo;
import dev.holdfast.testkit.servers.RedisServer;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Programs that lock with SET NX PX, and this library, on one name. */
final class ForeignLockersTest {
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
    void shellLoopOfSetNxPx_andThisLibrary_neverHoldTheLockTogether() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger foreignTimes = new AtomicInteger();
        CompletableFuture<Void> stop = new CompletableFuture<>();
        Process shell = new ProcessBuilder(
                        "sh",
                        "-c",
                        "while :; do if [ \"$(redis-cli -p " + redis.port()
                                + " set k me nx px 2000)\" = OK ]; then echo in; read go; redis-cli -p " + redis.port()
                                + " del k; echo out; sleep 0.04; fi; done")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Thread foreign = new Thread(() -> {
            try (var lines = shell.inputReader();
                    var go = shell.outputWriter()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.equals("in")) {
                        assertThat(inside.incrementAndGet()).isEqualTo(1);
                        foreignTimes.incrementAndGet();
                        Stage.pause(2);
                        inside.decrementAndGet();
                        go.write("go\n");
                        go.flush();
                    }
                }
            } catch (java.io.IOException e) {
                // The shell was ended.
            } catch (AssertionError e) {
                stop.completeExceptionally(e);
            }
        });
        foreign.start();
        try {
            Holdfast client = stage.client();
            // The foreign program leaves the lock alone for a moment, or this client would find it taken at most of its
            // looks.
            for (int i = 0; i < 60 || (foreignTimes.get() <= 5 && i < 600); i++) {
                try (Lease lease = client.lock("k").acquire(Stage.PATIENCE)) {
                    assertThat(inside.incrementAndGet())
                            .as("holders at the same time")
                            .isEqualTo(1);
                    Stage.pause(2);
                    inside.decrementAndGet();
                }
                Stage.pause(5);
            }
        } finally {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly().waitFor();
            foreign.join();
        }
        assertThat(stop.isCompletedExceptionally()).isFalse();
        assertThat(foreignTimes.get()).as("turns of the shell").isGreaterThan(5);
    }

    @Test
    void foreignHolderWithoutExpiry_isWaitedForAndFollowed() throws Exception {
        stage.redis().set("k", "me");
        Holdfast client = stage.client();
        assertThat(client.lock("k").tryAcquire()).isNull();
        CompletableFuture<Lease> waiter = client.lock("k").acquireAsync();
        Stage.pause(1_500);
        assertThat(waiter).isNotDone();
        stage.redis().del("k");
        long freed = System.nanoTime();
        Stage.get(waiter).release();
        assertThat(Duration.ofNanos(System.nanoTime() - freed)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void foreignHolder_costsTwentyRequestsInThreeSecondsAtMost() throws Exception {
        stage.redis().set("k", "me");
        Holdfast client = stage.client("lease-time=60s");
        CompletableFuture<Lease> waiter = client.lock("k").acquireAsync();
        long before = stage.calls();
        Stage.pause(3_000);
        assertThat(stage.calls() - before).isBetween(4L, 20L);
        stage.redis().del("k");
        Stage.get(waiter).release();
    }

    @Test
    void ourLock_isAStringThatSetNxRespects() {
        Lease lease = Stage.take(stage.client(), "k");
        assertThat(stage.redis().type("k")).isEqualTo("string");
        assertThat(stage.redis().set("k", "me", SetArgs.Builder.nx().px(2_000))).isNull();
        lease.release();
        assertThat(stage.redis().set("k", "me", SetArgs.Builder.nx().px(2_000))).isEqualTo("OK");
        assertThat(stage.client().lock("k").tryAcquire()).isNull();
    }

    @Test
    void keyOfAnotherType_isAClearError() {
        stage.redis().hset("k", "a", "b");
        assertThatThrownBy(() -> stage.client().lock("k").tryAcquire(Duration.ofSeconds(5)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("no lock")
                .hasMessageContaining("'k'");
        assertThat(stage.redis().hget("k", "a")).isEqualTo("b");
    }

    @Test
    void inspect_ofAForeignLock_knowsItsNameAndTheTimeLeft() {
        stage.redis().set("k", "me", SetArgs.Builder.nx().px(60_000));
        Holdfast client = stage.client();
        LockInfo info = client.inspect("k");
        assertThat(info).isNotNull();
        assertThat(info.ownerLabel()).isNull();
        assertThat(info.remaining()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
        try (var all = client.list("")) {
            assertThat(all).isEmpty();
        }
    }

    @Test
    void forcedRelease_ofAForeignLockWithoutExpiry_isRefusedUnlessAtOnce() {
        stage.redis().set("k", "me");
        Holdfast client = stage.client();
        assertThatThrownBy(() -> client.forceRelease("k"))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("no expiry");
        assertThat(client.forceReleaseNow("k")).isTrue();
        Stage.take(client, "k");
    }

    @Test
    void forcedRelease_isToldToTheHolderAtOnce() throws Exception {
        Lease held = Stage.take(stage.client("lease-time=60s"), "k");
        assertThat(stage.client().forceRelease("k")).isTrue();
        Stage.get(held.whenLost().toCompletableFuture());
        assertThat(stage.redis().pttl("k"))
                .as("free after the rest of the lease")
                .isPositive();
    }

    @Test
    void list_doesNotBlockTheServerWithKeys() {
        Holdfast client = stage.client();
        Stage.take(client, "job-1");
        stage.redis().configResetstat();
        try (var all = client.list("job-")) {
            assertThat(all).hasSize(1);
        }
        assertThat(stage.redis().info("commandstats")).contains("cmdstat_scan").doesNotContain("cmdstat_keys");
    }

    @Test
    void barging_wakesTheFirstInLineAndLeavesNothing() throws Exception {
        Holdfast one = stage.client("barging");
        Holdfast other = stage.client("barging");
        Lease held = Stage.take(one, "k");
        CompletableFuture<Lease> waiter = other.lock("k").acquireAsync();
        org.awaitility.Awaitility.await().atMost(Stage.PATIENCE).until(() -> stage.inLine("k") == 1);
        held.release();
        Stage.get(waiter).release();
        assertThat(stage.redis().exists("k")).isZero();
    }
}
