// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import dev.holdfast.trials.proxy.FrameCounter;
import dev.holdfast.trials.proxy.FrameGate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Heartbeats are answered behind everything that was asked before them. */
final class SlowServerTest {
    private static final int MANY = 600;
    private static final long EACH_TAKES = 1_000_000;

    @RegisterExtension
    static final ZooKeeperServer zookeeper = ZooKeeperServer.start(ZooKeeperFixture.SETTINGS);

    private static byte[] slowly(byte[] reply) {
        LockSupport.parkNanos(EACH_TAKES);
        return reply;
    }

    /** What they ask for in all takes longer than the session lasts without a heartbeat. */
    @Test
    void manyNewLocksAtOnce_costTheClientNothingThatItHolds() throws Exception {
        try (Stage stage = new Stage(zookeeper)) {
            FrameGate gate = stage.opened(new FrameGate(FrameCounter::lengthPrefixed, ZooKeeperDialogue::new));
            Holdfast client = stage.clientAt(
                    "127.0.0.1:" + gate.portTo(zookeeper.socketAddress()), "lease-time=3s&call-timeout=20s");
            List<Lease> leases = new ArrayList<>(List.of(Stage.take(client, "first")));
            gate.says(SlowServerTest::slowly);
            List<CompletableFuture<Lease>> asked = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                asked.add(client.lock("job-" + i).acquireAsync());
            }
            for (CompletableFuture<Lease> one : asked) {
                leases.add(Stage.get(one));
            }
            assertThat(leases).allMatch(Lease::isHeld);
            List<CompletableFuture<ReleaseResult>> released = leases.stream()
                    .map(lease -> lease.releaseAsync().toCompletableFuture())
                    .toList();
            for (CompletableFuture<ReleaseResult> one : released) {
                assertThat(Stage.get(one)).isEqualTo(ReleaseResult.RELEASED);
            }
        }
    }
}
