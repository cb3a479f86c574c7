// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import dev.holdfast.trials.proxy.FrameGate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The answer to a creation gets lost, and what happens while the node is looked for. */
final class RecoveryTest {
    @RegisterExtension
    static final ZooKeeperServer zookeeper = ZooKeeperServer.start(ZooKeeperFixture.SETTINGS);

    /** Who gave up at once is told so, and his node, which he may not delete, would keep out everybody behind it. */
    @ParameterizedTest
    @ValueSource(strings = {"curator", "twin"})
    void nodeThatMayNotBeDeleted_goesWhenItMay(String dialect) throws Exception {
        try (Stage stage = new Stage(zookeeper)) {
            String parameters = "session-timeout=4s&parent=persistent&dialect=" + dialect;
            int nodes = dialect.equals("twin") ? 2 : 1;
            Lease held = Stage.take(stage.client(parameters), "job");
            Holdfast client = stage.client(parameters);
            stage.allow("job", ZooDefs.Perms.ALL & ~ZooDefs.Perms.DELETE);
            try {
                assertThat(client.lock("job").tryAcquire()).isNull();
                stage.awaitContenders(2 * nodes);
            } finally {
                stage.allow("job", ZooDefs.Perms.ALL);
            }
            stage.awaitContenders(nodes);
            held.release();
            Stage.take(client, "job").release();
        }
    }

    /** One half alone is no place in line, and whoever makes another would wait for it. */
    @ParameterizedTest
    @ValueSource(strings = {"_c_", "_k_"})
    void halfOfATwin_thatIsFoundAlone_goes(String deleted) throws Exception {
        try (Stage stage = new Stage(zookeeper)) {
            FaultProxy way = stage.proxy(zookeeper.socketAddress());
            FrameGate gate = stage.opened(new FrameGate(FrameCounter::lengthPrefixed, ZooKeeperDialogue::new));
            Holdfast client = stage.clientAt(
                    "127.0.0.1:" + gate.portTo(way.address()), "session-timeout=4s&parent=persistent&dialect=twin");
            Stage.take(client, "job").release();
            way.refuse();
            gate.loseNext();
            CompletableFuture<Lease> lost = client.lock("job").acquireAsync();
            stage.awaitContenders(2);
            stage.contenders().stream()
                    .filter(node -> node.contains("/" + deleted))
                    .forEach(stage.operator()::delete);
            way.heal();
            Lease lease = Stage.get(lost);
            assertThat(lease.isHeld()).isTrue();
            stage.awaitContenders(2);
            lease.release();
            stage.awaitContenders(0);
        }
    }

    /** Who may not list the line does not know whether he stands in it. Once he may, he has to leave it: his session goes on. */
    @ParameterizedTest
    @ValueSource(strings = {"curator", "twin"})
    void nodeThatMayNotBeLookedFor_goesWhenItMay(String dialect) throws Exception {
        try (Stage stage = new Stage(zookeeper)) {
            FaultProxy way = stage.proxy(zookeeper.socketAddress());
            FrameGate gate = stage.opened(new FrameGate(FrameCounter::lengthPrefixed, ZooKeeperDialogue::new));
            Holdfast client = stage.clientAt(
                    "127.0.0.1:" + gate.portTo(way.address()),
                    "session-timeout=4s&parent=persistent&dialect=" + dialect);
            Stage.take(client, "job").release();
            way.refuse();
            gate.loseNext();
            CompletableFuture<Lease> lost = client.lock("job").acquireAsync();
            stage.awaitContenders(dialect.equals("twin") ? 2 : 1);
            stage.allow("job", ZooDefs.Perms.ALL & ~ZooDefs.Perms.READ);
            try {
                way.heal();
                assertThatThrownBy(() -> Stage.get(lost))
                        .isInstanceOf(ExecutionException.class)
                        .hasMessageContaining("refused to look for the lock 'job'");
            } finally {
                stage.allow("job", ZooDefs.Perms.ALL);
            }
            stage.awaitContenders(0);
            try (Lease next = client.lock("job").acquire(Duration.ofSeconds(20))) {
                assertThat(next.isHeld()).isTrue();
            }
        }
    }
}
