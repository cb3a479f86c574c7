// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.RedisNodes;
import dev.holdfast.trials.proxy.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server that has forgotten its vote gives it to nobody else for as long as the longest lease. */
final class RedlockRestartTest {
    private static final String PARAMETERS = "lease-time=4s&max-lease=4s&call-timeout=500ms";

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

    /** A holder with the votes of 0, 1 and 2, of which 2 forgets its vote while he cannot give it back. */
    private Lease heldOnThreeOfWhichOneForgets(List<FaultProxy> proxies, String parameters) throws Exception {
        stage.node(3).pause();
        stage.node(4).pause();
        Holdfast holder = stage.clientBehind(proxies, parameters);
        Lease lease = holder.lock("job").acquire(Duration.ofSeconds(20));
        proxies.forEach(proxy -> proxy.requests().stall());
        stage.node(2).restartEmpty();
        stage.node(3).resume();
        stage.node(4).resume();
        return lease;
    }

    private static @Nullable Lease attempt(Holdfast client) {
        try {
            return client.lock("job").tryAcquire();
        } catch (dev.holdfast.BackendException e) {
            assertThat(e.isTransient()).isTrue();
            return null;
        }
    }

    @Test
    void restartedEmptyWhileHeldOnThree_noSecondHolder() throws Exception {
        List<FaultProxy> proxies = stage.proxies();
        Lease held = heldOnThreeOfWhichOneForgets(proxies, PARAMETERS);
        Holdfast rival = stage.client(PARAMETERS);
        int tries = 0;
        boolean wasHeld = held.isHeld();
        while (wasHeld) {
            Lease second = attempt(rival);
            // Asked in this order: what is held after the rival was granted was held when he was.
            wasHeld = held.isHeld();
            assertThat(second != null && wasHeld)
                    .as("two holders, try %s", tries)
                    .isFalse();
            tries++;
        }
        assertThat(tries).isPositive();
        Lease next = rival.lock("job").acquire(Duration.ofSeconds(20));
        assertThat(next.token()).isGreaterThan(held.token());
    }

    /** What the quarantine is for: the test above can fail. */
    @Test
    void restartedEmptyAlthoughTheUserVouchedForIt_isTheSecondHolderThatHeWasToldOf() throws Exception {
        List<FaultProxy> proxies = stage.proxies();
        String vouched = "lease-time=10s&max-lease=10s&call-timeout=2s&" + RedlockStage.DURABLE;
        Lease held = heldOnThreeOfWhichOneForgets(proxies, vouched);
        Lease second = attempt(stage.client(vouched));
        assertThat(held.isHeld()).isTrue();
        assertThat(second).isNotNull();
    }

    @Test
    void restartedEmptyWhileHeld_isGivenItsVoteAgain() throws Exception {
        Holdfast client = stage.client(PARAMETERS);
        Lease lease = client.lock("job").acquire(Duration.ofSeconds(20));
        stage.node(0).restartEmpty();
        await().untilAsserted(() -> assertThat(stage.standing("job")).isEqualTo(5));
        stage.node(3).kill();
        stage.node(4).kill();
        Stage.pause(5_000);
        assertThat(lease.isHeld())
                .as("with the vote of the one that had forgotten it")
                .isTrue();
        stage.node(3).restart();
        stage.node(4).restart();
    }

    @Test
    void allServersJustStarted_sayWhenTheyCount() throws Exception {
        IntStream.range(0, 3).parallel().forEach(i -> stage.node(i).restart());
        Holdfast client = stage.client("lease-time=4s&max-lease=4s&call-timeout=300ms");
        await().atMost(Duration.ofSeconds(4))
                .untilAsserted(() -> assertThat(org.assertj.core.api.Assertions.catchThrowable(
                                () -> client.lock("job").tryAcquire()))
                        .isInstanceOf(dev.holdfast.BackendException.class)
                        .hasMessageContaining("was restarted")
                        .hasMessageContaining("counts again in"));
        assertThat(client.lock("job").acquire(Duration.ofSeconds(25)).isHeld()).isTrue();
    }
}
