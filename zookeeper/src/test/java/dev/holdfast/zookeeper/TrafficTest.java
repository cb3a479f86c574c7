// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.ZooDefs;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What clients send about locks while nothing happens; heartbeats are not counted, which are about sessions. */
final class TrafficTest {
    @RegisterExtension
    static final ZooKeeperServer zookeeper = ZooKeeperServer.start(ZooKeeperFixture.SETTINGS);

    private Stage stage;
    private ZooKeeperLink link;
    private Holdfast client;

    @BeforeEach
    void open() {
        stage = new Stage(zookeeper);
        link = stage.opened(
                new ZooKeeperLink(List.of(zookeeper.socketAddress()), stage.path() + "?session-timeout=4s&tick=200ms"));
        client = stage.opened(Holdfast.builder()
                .backend(link.backend())
                .options(LockOptions.defaults()
                        .withLeaseTime(Duration.ofSeconds(4))
                        .withCallTimeout(Duration.ofSeconds(5)))
                .open());
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** Not the first six seconds, perhaps: a client that stood still for a second asks about all that it holds. */
    @Test
    void holding_costsNothing() {
        List<Lease> held = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            held.add(Stage.take(client, "job-" + i));
        }
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            long before = link.requests();
            Stage.pause(6_000);
            return link.requests() == before;
        });
        assertThat(held).allMatch(Lease::isHeld);
    }

    /** The engine asks again and again, and so does the client of its own accord. */
    @Test
    void releaseThatIsRefused_isRepeatedNowAndThen() throws Exception {
        Lease lease = Stage.take(client, "job");
        stage.allow("job", ZooDefs.Perms.ALL & ~ZooDefs.Perms.DELETE);
        long before = link.requests();
        CompletableFuture<ReleaseResult> release = lease.releaseAsync().toCompletableFuture();
        Stage.pause(6_000);
        assertThat(link.requests() - before).as("requests in six seconds").isBetween(3L, 30L);
        stage.allow("job", ZooDefs.Perms.ALL);
        stage.awaitContenders(0);
        assertThat(Stage.get(release)).isIn(ReleaseResult.RELEASED, ReleaseResult.UNCONFIRMED);
    }

    /** One listing every half lease for each name that it waits for, however many threads wait. */
    @Test
    void waiting_costsOneListingPerNameNowAndThen() {
        Holdfast holder = stage.client("session-timeout=4s");
        List<CompletableFuture<Lease>> waiting = new ArrayList<>();
        for (String name : List.of("one", "two")) {
            Stage.take(holder, name);
            for (int i = 0; i < 25; i++) {
                waiting.add(client.lock(name).acquireAsync());
            }
        }
        stage.awaitContenders(4);
        Stage.pause(500);
        long before = link.requests();
        Stage.pause(7_000);
        assertThat(link.requests() - before).as("requests in seven seconds").isBetween(2L * 2, 2L * 8);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
    }
}
