// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.servers.EtcdServer;
import dev.holdfast.trials.proxy.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Which keys attempts have. etcd remembers each key that ever was until it is compacted, which it does not do by itself, and each question about a
 * lock costs it the more, the more of them there were.
 */
final class KeysTest {
    private static final LockOptions OPTIONS =
            LockOptions.defaults().withLeaseTime(Duration.ofSeconds(3)).withCallTimeout(Duration.ofSeconds(5));

    @RegisterExtension
    static final EtcdServer etcd = EtcdServer.start(EtcdFixture.QUICK);

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(etcd.uri());
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void attemptsOneAfterTheOther_haveTheSameKey() throws Exception {
        Holdfast client = stage.client();
        Set<String> keys = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 100; i++) {
            Lease lease =
                    i % 2 == 0 ? Stage.take(client, "job") : client.lock("job").acquire();
            keys.addAll(stage.keysOf("job"));
            assertThat(lease.release()).isEqualTo(ReleaseResult.RELEASED);
        }
        assertThat(keys).hasSize(1);
    }

    @Test
    void attemptsThatFindTheLockTaken_useUpNoKeys() throws Exception {
        Lease held = Stage.take(stage.client(), "job");
        Holdfast client = stage.client();
        for (int i = 0; i < 50; i++) {
            assertThat(client.lock("job").tryAcquire()).isNull();
        }
        held.release();
        Stage.take(client, "job");
        assertThat(stage.keysOf("job")).singleElement().asString().endsWith("-1");
    }

    @Test
    void clientsThatTakeTurns_haveTwoKeysEach() throws Exception {
        Set<String> keys = ConcurrentHashMap.newKeySet();
        List<CompletableFuture<Void>> turns = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Holdfast client = stage.client("local-handovers=0");
            for (int thread = 0; thread < 2; thread++) {
                turns.add(CompletableFuture.runAsync(() -> {
                    for (int turn = 0; turn < 50; turn++) {
                        try (Lease lease =
                                client.lock("job").acquireAsync(Stage.PATIENCE).join()) {
                            assertThat(lease.isHeld()).isTrue();
                            keys.addAll(stage.keysOf("job"));
                        }
                    }
                }));
            }
        }
        for (CompletableFuture<Void> turn : turns) {
            Stage.get(turn);
        }
        assertThat(keys).as("the keys of three clients").hasSizeLessThanOrEqualTo(6);
    }

    @Test
    void requestThatArrivesAfterItsRepetitionAndTheRelease_isSwept_andItsKeyIsNotUsedAgain() throws Exception {
        CallGate gate = stage.gate();
        // The sweep comes with the next renewal, which has to be later than what is looked at before.
        LockOptions options = OPTIONS.withLeaseTime(Duration.ofSeconds(9));
        Holdfast client = stage.clientBehind(stage.proxy(etcd.socketAddress()), gate, options);
        Lease held = Stage.take(client, "held");
        gate.holdNext();
        Lease repeated = Stage.take(client, "job");
        String key = stage.keysOf("job").get(0);
        assertThat(repeated.release()).isEqualTo(ReleaseResult.RELEASED);
        gate.deliver();
        assertThat(stage.keysOf("job")).containsExactly(key);
        await().atMost(Stage.PATIENCE).until(() -> stage.keysOf("job").isEmpty());
        assertThat(held.isHeld()).isTrue();
        Stage.take(client, "job");
        assertThat(stage.keysOf("job")).hasSize(1).doesNotContain(key);
    }

    @Test
    void leaseThatIsSearchedForKeys_isReplacedAfterItsTime_andEndsAfterItsLastLock() throws Exception {
        CallGate gate = stage.gate();
        LockOptions options =
                LockOptions.defaults().withLeaseTime(Duration.ofSeconds(3)).withCallTimeout(Duration.ofSeconds(5));
        Holdfast client = stage.clientBehind(stage.proxy(etcd.socketAddress()), gate, options);
        Lease held = Stage.take(client, "held");
        long suspect = stage.operator().keys("held/").get(0).lease();
        gate.loseNext();
        Stage.take(client, "released").release();
        Stage.pause(3_200);
        Lease job = Stage.take(client, "job");
        long next = stage.operator().keys("job/").get(0).lease();
        assertThat(next).isNotEqualTo(suspect);
        Stage.pause(3_200);
        Stage.take(client, "other");
        assertThat(stage.operator().keys("other/").get(0).lease()).isEqualTo(next);
        assertThat(held.isHeld()).isTrue();
        held.release();
        await().atMost(Stage.PATIENCE).until(() -> !stage.operator().isThere(suspect));
        assertThat(job.isHeld()).isTrue();
    }

    @Test
    void withdrawalThatArrivesAfterItsRepetition_deletesNoKeyOfALaterAttempt() throws Exception {
        CallGate gate = stage.gate();
        FaultProxy proxy = stage.proxy(etcd.socketAddress());
        Holdfast client = stage.clientBehind(proxy, gate, OPTIONS);
        Stage.take(client, "held");
        proxy.replies().stall();
        CompletableFuture<Lease> givenUp = client.lock("job").acquireAsync();
        await().until(() -> stage.keysOf("job").size() == 1);
        gate.holdNext();
        givenUp.cancel(true);
        await().until(gate::isHolding);
        proxy.heal();
        await().until(() -> stage.keysOf("job").isEmpty());
        Lease lease = Stage.take(client, "job");
        List<String> keys = stage.keysOf("job");
        gate.deliver();
        assertThat(stage.keysOf("job")).isEqualTo(keys).hasSize(1);
        assertThat(lease.release()).isEqualTo(ReleaseResult.RELEASED);
    }
}
