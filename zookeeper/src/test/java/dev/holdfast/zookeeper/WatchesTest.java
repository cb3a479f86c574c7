// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Lease;
import dev.holdfast.testkit.PlainClaim;
import dev.holdfast.testkit.PlainEvents;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.zookeeper.ZooKeeper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What stays of those who watched something. */
final class WatchesTest {
    private static final int MANY = 200;

    @RegisterExtension
    static final ZooKeeperServer zookeeper = ZooKeeperServer.start(ZooKeeperFixture.SETTINGS);

    /** All watchers that ZooKeeper's client keeps, each once for every node. There is no other way to see them. */
    private static List<Object> kept(ZooKeeper client) throws ReflectiveOperationException {
        Object manager = call(ZooKeeper.class, client, "getWatchManager");
        List<Object> kept = new ArrayList<>();
        for (String what : new String[] {"getDataWatches", "getExistWatches", "getChildWatches"}) {
            Map<?, ?> watchers = (Map<?, ?>) call(manager.getClass(), manager, what);
            synchronized (watchers) {
                watchers.values().forEach(some -> kept.addAll((Set<?>) some));
            }
        }
        return kept;
    }

    private static Object call(Class<?> type, Object target, String name) throws ReflectiveOperationException {
        Method method = type.getDeclaredMethod(name);
        method.setAccessible(true);
        return method.invoke(target);
    }

    /** Each of them watched the holder's node, to which nothing happens. */
    @Test
    void manyWhoGiveUp_behindALongHolder_leaveNothingBehindInTheClient() throws Exception {
        try (Stage stage = new Stage(zookeeper)) {
            Lease lease = Stage.take(stage.client("session-timeout=4s"), "job");
            ZooKeeperBackend backend = stage.opened(ZooKeeperBackend.of(
                    stage.uri(stage.servers(), "session-timeout=4s").replace("call-timeout=5s&", "")));
            backend.open(new PlainEvents(), Stage.PATIENCE);
            for (int i = 0; i < MANY; i++) {
                PlainClaim claim = new PlainClaim("job", Duration.ofSeconds(4), true) {
                    @Override
                    public void queued() {
                        super.queued();
                        backend.withdraw(this);
                    }
                };
                backend.acquire(claim);
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(2))
                        .atMost(Stage.PATIENCE)
                        .until(() -> claim.was("freed, not held"));
                assertThat(claim.answers()).startsWith("queued");
            }
            assertThat(backend.session().watches().size())
                    .as("interested in something")
                    .isZero();
            // The holder's node and the line, and no other node.
            Awaitility.await()
                    .atMost(Stage.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(kept(backend.session().server())).hasSizeLessThanOrEqualTo(2));
            assertThat(new HashSet<>(kept(backend.session().server()))).hasSize(1);
            assertThat(lease.isHeld()).isTrue();
        }
    }
}
