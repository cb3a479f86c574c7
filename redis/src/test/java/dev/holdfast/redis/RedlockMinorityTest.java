// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockInfo;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.servers.RedisNodes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two of five servers may fail in any way; three may not, and that is told. */
final class RedlockMinorityTest {
    @RegisterExtension
    static final RedisNodes nodes = RedisNodes.start();

    private RedlockStage stage;

    @BeforeEach
    void open() {
        stage = new RedlockStage(nodes);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private void worksAndTokensRise(Holdfast client, long last) throws Exception {
        long token = last;
        for (int i = 0; i < 3; i++) {
            try (Lease lease = client.lock("job").acquire(Duration.ofSeconds(10))) {
                assertThat(lease.token()).isGreaterThan(token);
                token = lease.token();
                LockInfo info = Objects.requireNonNull(client.inspect("job"));
                assertThat(info.token()).hasValue(token);
                assertThat(info.ownerLabel()).endsWith("(on 3 of 5 servers)");
                try (Stream<LockInfo> list = client.list("")) {
                    assertThat(list.map(LockInfo::name)).containsExactly("job");
                }
                assertThat(lease.release()).isEqualTo(ReleaseResult.RELEASED);
            }
        }
    }

    @Test
    void twoServersKilled_nobodyNoticesAndTokensRise() throws Exception {
        Holdfast client = stage.client("lease-time=4s&" + RedlockStage.DURABLE);
        Lease first = Stage.take(client, "job");
        assertThat(Objects.requireNonNull(client.inspect("job")).ownerLabel()).doesNotContain("servers");
        stage.node(1).kill();
        stage.node(3).kill();
        Stage.pause(2_200);
        assertThat(first.isHeld()).as("renewed by the other three").isTrue();
        assertThat(first.release()).isEqualTo(ReleaseResult.RELEASED);
        worksAndTokensRise(client, first.token());
        worksAndTokensRise(stage.client("lease-time=6s&" + RedlockStage.DURABLE), first.token());
    }

    @Test
    void twoServersStopped_nobodyNoticesAndTokensRise() throws Exception {
        Holdfast client = stage.client("lease-time=4s&" + RedlockStage.DURABLE);
        Lease first = Stage.take(client, "job");
        stage.node(0).pause();
        stage.node(2).pause();
        Stage.pause(2_200);
        assertThat(first.isHeld()).as("renewed by the other three").isTrue();
        assertThat(first.release()).isEqualTo(ReleaseResult.RELEASED);
        worksAndTokensRise(client, first.token());
        stage.node(0).resume();
        stage.node(2).resume();
        await().untilAsserted(() -> assertThat(stage.standing("job")).isZero());
    }

    @Test
    void threeServersDown_failTruthfullyAndInTime() {
        Holdfast client = stage.client("lease-time=6s&call-timeout=1s&" + RedlockStage.DURABLE);
        Lease held = Stage.take(client, "held");
        stage.node(0).kill();
        stage.node(1).pause();
        stage.node(4).kill();
        for (Duration timeout : List.of(Duration.ZERO, Duration.ofMillis(700))) {
            long before = System.nanoTime();
            Throwable thrown = catchThrowable(() -> client.lock("job").tryAcquire(timeout));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(timeout.plusSeconds(4));
            assertThat(thrown).isInstanceOfSatisfying(BackendException.class, e -> {
                assertThat(e.isTransient()).isTrue();
                assertThat(e.lockName()).isEqualTo("job");
                assertThat(e).hasMessageMatching("(?s).*(3 of 5 servers.* 3 must agree|the store did not answer).*");
                if (timeout.isZero() && !e.getMessage().contains("the store did not answer")) {
                    assertThat(e).hasMessageContaining(stage.node(0).address());
                }
            });
        }
        assertThat(catchThrowable(() -> client.inspect("job"))).isInstanceOf(BackendException.class);
        await().atMost(Duration.ofSeconds(8)).until(() -> !held.isHeld());
        stage.node(1).resume();
        assertThat(Stage.take(client, "job").isHeld()).as("with three again").isTrue();
    }

    @Test
    void clientOpenedWhileTwoServersAreDown_findsThemLater() throws Exception {
        stage.node(3).kill();
        stage.node(4).kill();
        Holdfast client = stage.client("lease-time=6s&" + RedlockStage.DURABLE);
        Stage.take(client, "job").release();
        stage.node(3).restart();
        stage.node(4).restart();
        await().ignoreException(BackendException.class).untilAsserted(() -> {
            try (Lease lease = Stage.take(client, "other")) {
                assertThat(lease.isHeld()).isTrue();
                assertThat(stage.standing("other")).isEqualTo(5);
            }
        });
    }

    /** The counters run an hour ahead of all clocks, so the clocks cannot help. */
    @Test
    void tokensRise_overAnySequenceOfMinorityFailures() throws Exception {
        Holdfast client = stage.client("lease-time=6s&" + RedlockStage.DURABLE);
        String ahead = Long.toString((System.currentTimeMillis() + 3_600_000) * 1_000);
        for (int i = 0; i < 3; i++) {
            stage.on(i, server -> server.set(KeyLayout.of("job").fence(), ahead));
        }
        long last;
        try (Lease first = Stage.take(client, "job")) {
            last = first.token();
        }
        for (int turn = 0; turn < 5; turn++) {
            int one = turn;
            int other = (turn + 2) % 5;
            stage.node(one).kill();
            stage.node(other).kill();
            long before = last;
            try (Lease lease = client.lock("job").acquire(Duration.ofSeconds(10))) {
                assertThat(lease.token()).as("turn %s", turn).isGreaterThan(before);
                last = lease.token();
            }
            stage.node(one).restartEmpty();
            stage.node(other).restartEmpty();
            // Whoever comes next tells the counters to those that forgot them.
            await().ignoreException(BackendException.class).untilAsserted(() -> {
                Stage.take(client, "job").release();
                assertThat(stage.values(KeyLayout.of("job").fence())).doesNotContain("");
            });
        }
        assertThat(last / 1_024).as("the counter was never forgotten").isGreaterThan(Long.parseLong(ahead));
    }
}
