// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Lease;
import dev.holdfast.testkit.PlainClaim;
import dev.holdfast.testkit.PlainEvents;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a claim is told of its attempts, when it asks again before the last one is gone. */
final class PlaceTest {
    @RegisterExtension
    static final ZooKeeperServer zookeeper = ZooKeeperServer.start(ZooKeeperFixture.SETTINGS);

    /**
     * A try has found the lock taken and its node is being deleted; somebody asks who waits, and gives up at once. The end of the first attempt
     * is not that of the second, of which a repeated withdrawal has to know. The server answers in order, which makes all of this certain.
     */
    @Test
    void withdrawalOfASecondAttempt_isNotAnsweredByTheEndOfTheFirst() throws Exception {
        CompletableFuture<List<String>> afterTheFirst = new CompletableFuture<>();
        List<List<String>> foundTaken = new CopyOnWriteArrayList<>();
        try (Stage stage = new Stage(zookeeper)) {
            Lease lease = Stage.take(stage.client("session-timeout=4s"), "job");
            ZooKeeperBackend backend = stage.opened(ZooKeeperBackend.of(
                    stage.uri(stage.servers(), "session-timeout=4s").replace("call-timeout=5s&", "")));
            backend.open(new PlainEvents(), Stage.PATIENCE);
            PlainClaim claim = new PlainClaim("job", Duration.ofSeconds(4), false) {
                @Override
                public void busy(long retryAfterNanos) {
                    super.busy(retryAfterNanos);
                    backend.session()
                            .server()
                            .exists(
                                    stage.path(),
                                    false,
                                    (rc, path, context, stat) -> {
                                        backend.withdraw(this);
                                        afterTheFirst.complete(List.copyOf(answers()));
                                    },
                                    null);
                    foundTaken.add(List.copyOf(answers()));
                    asksNow(true);
                    backend.acquire(this);
                    backend.withdraw(this);
                }
            };
            backend.acquire(claim);
            assertThat(Stage.get(afterTheFirst))
                    .as("when the first attempt is gone and the second is not")
                    .isEmpty();
            Awaitility.await().atMost(Stage.PATIENCE).until(() -> claim.was("freed, not held"));
            assertThat(stage.contenders()).hasSize(1);
            assertThat(foundTaken).containsExactly(List.of("busy"));
            assertThat(claim.answers()).containsExactly("freed, not held");
            assertThat(lease.isHeld()).isTrue();
        }
    }
}
