// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a lock's counter. The server runs in this JVM, because only there its counter can be set. */
final class OverflowTest {
    private static final int TICK = 200;

    @TempDir
    Path data;

    @Test
    void counterAtItsEnd_grantsNothingUntilTheNodeIsMadeAnew() throws Exception {
        ZooKeeperServer server = new ZooKeeperServer(data.toFile(), data.toFile(), TICK);
        NIOServerCnxnFactory door = new NIOServerCnxnFactory();
        door.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        door.startup(server);
        try (Stage stage = new Stage("127.0.0.1:" + door.getLocalPort())) {
            Holdfast one = stage.client("session-timeout=4s&parent=persistent");
            Holdfast other = stage.client("session-timeout=4s&parent=persistent");
            String job = stage.path() + "/job";
            Lease first = Stage.take(one, "job");
            first.release();
            server.getZKDatabase().getNode(job).stat.setCversion(Integer.MAX_VALUE - 1);
            Lease last = Stage.take(one, "job");
            last.release();
            for (Holdfast client : new Holdfast[] {one, other, one, other}) {
                BackendException failure = catchThrowableOfType(
                        BackendException.class, () -> client.lock("job").tryAcquire());
                assertThat(failure).hasMessageContaining("has come to its end");
                assertThat(failure.isTransient()).isFalse();
            }
            stage.awaitContenders(0);
            stage.operator().delete(job);
            assertThat(Stage.take(one, "job").token()).isGreaterThan(last.token());
        } finally {
            door.shutdown();
        }
    }
}
