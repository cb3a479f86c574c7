// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.servers.EtcdServer;
import dev.holdfast.trials.proxy.FaultProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What one who waits makes of the deletions that it is told of. The leases are so long that nobody looks without a reason while a test runs, and
 * that a grant needs no renewal before it.
 */
final class WaitingTest {
    private static final String LONG = "lease-time=200s";

    @RegisterExtension
    static final EtcdServer etcd = EtcdServer.start();

    private Stage stage;
    private Lease held;

    @BeforeEach
    void open() {
        stage = new Stage(etcd.uri());
        held = Stage.take(stage.client(LONG), "job");
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private CompletableFuture<Lease> waiter(Holdfast client) {
        int before = stage.keysOf("job").size();
        CompletableFuture<Lease> waiter = client.lock("job").acquireAsync(Stage.PATIENCE);
        await().until(() -> stage.keysOf("job").size() == before + 1);
        return waiter;
    }

    private CompletableFuture<Lease> waiter() {
        return waiter(stage.client(LONG));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void thoseInTheMiddleGiveUp_theNextOneWaitsForTheHolderStill(int many) throws Exception {
        List<CompletableFuture<Lease>> middle = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            middle.add(waiter());
        }
        CompletableFuture<Lease> last = waiter();
        middle.forEach(waiter -> waiter.cancel(true));
        await().until(() -> stage.keysOf("job").size() == 2);
        Stage.pause(300);
        assertThat(last).isNotDone();
        held.release();
        assertThat(Stage.get(last).token()).isGreaterThan(held.token());
    }

    @Test
    void eightInLine_areGrantedOneAfterTheOther() throws Exception {
        List<CompletableFuture<Lease>> line = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            line.add(waiter());
        }
        Lease last = held;
        for (CompletableFuture<Lease> next : line) {
            assertThat(next).isNotDone();
            last.release();
            last = Stage.get(next);
        }
        assertThat(line).extracting(lease -> lease.join().token()).isSorted();
    }

    @Test
    void ownKeyDeletedTogetherWithTheOneAhead_isNoGrant() throws Exception {
        CompletableFuture<Lease> waiter = waiter();
        stage.operator().delete("job/");
        Lease granted = Stage.get(waiter);
        assertThat(stage.operator().keys("job/"))
                .singleElement()
                .satisfies(key -> assertThat(key.created()).isEqualTo(granted.storeRevision()));
    }

    @Test
    void ownKeyDeleted_goesToTheEndOfTheLine() throws Exception {
        CompletableFuture<Lease> first = waiter();
        String key = stage.operator().keys("job/").stream()
                .filter(known -> known.created() != held.storeRevision())
                .findFirst()
                .orElseThrow()
                .key();
        CompletableFuture<Lease> second = waiter();
        assertThat(stage.operator().delete(key)).isEqualTo(1);
        await().until(() -> stage.keysOf("job").size() == 3);
        held.release();
        Stage.get(second).release();
        Stage.get(first).release();
    }

    @Test
    void manyOthersComeAndGo_theNextOneIsStillGranted_andHearsNoMoreOfThem() throws Exception {
        FaultProxy proxy = stage.proxy(etcd.socketAddress());
        CompletableFuture<Lease> waiter = waiter(stage.clientBehind(proxy, LONG));
        comeAndGo(40);
        long before = proxy.replies().frames();
        comeAndGo(40);
        assertThat(proxy.replies().frames() - before)
                .as("chunks about eighty others")
                .isLessThan(20);
        held.release();
        Stage.get(waiter).release();
    }

    /** Behind the waiter, and below a name that goes on. */
    private void comeAndGo(int times) {
        for (int i = 0; i < times; i++) {
            String other = i % 2 == 0 ? "job/behind-" + i : "job/deeper/one-" + i;
            stage.operator().put(other, "", 0);
            assertThat(stage.operator().delete(other)).isEqualTo(1);
        }
    }
}
