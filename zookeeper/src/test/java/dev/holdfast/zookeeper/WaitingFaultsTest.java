// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LeaseLostException;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import dev.holdfast.trials.proxy.FrameGate;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One server: what other libraries get wrong in line, when sessions, watches and lock nodes end at the wrong moment. */
final class WaitingFaultsTest {
    @RegisterExtension
    static final ZooKeeperServer zookeeper = ZooKeeperServer.start(ZooKeeperFixture.SETTINGS);

    /** Where a reply has the number of its error. */
    private static final int ERROR = 16;

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(zookeeper);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private static void silence(FaultProxy way) {
        way.requests().blackHole();
        way.replies().blackHole();
    }

    /**
     * The client takes its session for ended, while the server still has it, as after an election that gave all sessions their time again. Its old
     * node is listed like any other one. Who takes it for his own owns the lock together with whoever comes after that session's end.
     */
    @Test
    void nodeOfTheOldSession_thatIsStillListed_isNotTakenForTheNewOne() throws Exception {
        FaultProxy way = stage.proxy(zookeeper.socketAddress());
        Lease held = Stage.take(stage.client("session-timeout=4s"), "job");
        Set<String> holders = stage.contenders();
        ZooKeeperBackend backend = ZooKeeperBackend.of(
                stage.uri("127.0.0.1:" + way.port(), "session-timeout=2s").replace("call-timeout=5s&", ""));
        try (Holdfast client = Holdfast.builder().backend(backend).open()) {
            CompletableFuture<Lease> waiter = client.lock("job").acquireAsync();
            stage.awaitContenders(2);
            Set<String> old = new TreeSet<>(stage.contenders());
            old.removeAll(holders);
            ZooKeeper before = backend.session().server();
            silence(way);
            try (ZooKeeper keeper = Sessions.resume(stage.servers(), before)) {
                Awaitility.await()
                        .atMost(Stage.PATIENCE)
                        .until(() -> !before.getState().isAlive());
                way.heal();
                stage.awaitContenders(3);
                assertThat(stage.contenders()).containsAll(old);
                assertThat(stage.operator().stat(old.iterator().next()).getEphemeralOwner())
                        .isEqualTo(keeper.getSessionId());
                held.release();
                Stage.pause(500);
                assertThat(waiter)
                        .as("the old node stands ahead of the new one")
                        .isNotDone();
            }
            Lease next = Stage.get(waiter);
            assertThat(next.token()).isGreaterThan(held.token());
            assertThat(stage.contenders()).hasSize(1).doesNotContainAnyElementsOf(old);
        }
    }

    /** Without a watch on the line nobody would tell the holder of anything. */
    @Test
    void answerToTheFirstListingIsLost_theHolderIsToldOfItsLossAllTheSame() throws Exception {
        FaultProxy way = stage.proxy(zookeeper.socketAddress());
        Holdfast client = stage.clientAt("127.0.0.1:" + way.port(), "session-timeout=4s");
        for (int i = 0; i < 5; i++) {
            String name = "job-" + i;
            Stage.take(client, name).release();
            way.replies().cutAfter(1);
            Lease held = Stage.get(client.lock(name).acquireAsync());
            Set<String> nodes = stage.contenders();
            assertThat(nodes).hasSize(1);
            stage.operator().delete(nodes.iterator().next());
            assertThat(Stage.get(held.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.TAKEN_OVER);
        }
    }

    @Test
    void tryWithoutAConnection_endsInTimeAndLeavesNoNode() throws Exception {
        FaultProxy way = stage.proxy(zookeeper.socketAddress());
        Holdfast client = stage.clientAt("127.0.0.1:" + way.port(), "session-timeout=4s&call-timeout=300ms");
        client.lock("job").acquire(Stage.PATIENCE).release();
        way.refuse();
        way.reset();
        for (Duration wait : new Duration[] {Duration.ZERO, Duration.ofSeconds(1)}) {
            long before = System.nanoTime();
            assertThatThrownBy(() -> client.lock("job").tryAcquire(wait)).isInstanceOf(BackendException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .as("of a call with %s", wait)
                    .isLessThan(wait.plusSeconds(3));
        }
        way.heal();
        // What was asked for meanwhile, if it was, would be made now.
        Stage.take(stage.client("session-timeout=4s"), "other");
        Awaitility.await().atMost(Stage.PATIENCE).until(() -> {
            try (Lease lease = client.lock("job").tryAcquire()) {
                return lease != null;
            } catch (BackendException e) {
                return false;
            }
        });
        stage.awaitContenders(1);
    }

    /** Each of the waiter's requests takes a while to arrive, so that the one that sets its watch finds nothing to watch. */
    @ParameterizedTest
    @ValueSource(strings = {"curator", "twin"})
    void predecessorThatGoesBetweenTheListingAndTheWatch_isNotWaitedFor(String dialect) throws Exception {
        FaultProxy way = stage.proxy(zookeeper.socketAddress());
        Holdfast holder = stage.client("session-timeout=4s&dialect=" + dialect);
        Holdfast client = stage.clientAt("127.0.0.1:" + way.port(), "session-timeout=9s&dialect=" + dialect);
        Stage.take(client, "job").release();
        int each = dialect.equals("twin") ? 2 : 1;
        way.requests().delay(Duration.ofMillis(300));
        for (int i = 0; i < 5; i++) {
            Lease held = Stage.take(holder, "job");
            CompletableFuture<Lease> waiter = client.lock("job").acquireAsync();
            stage.awaitContenders(2 * each);
            held.release();
            Stage.get(waiter).release();
        }
    }

    /**
     * Who asks for the lock sees that the waiter is the first of the line before the waiter does: twins take four answers to be granted, each of
     * which takes a while here.
     */
    @Test
    void forcedRelease_ofAWaiterThatIsAboutToBeGranted_isTold() throws Exception {
        FaultProxy way = stage.proxy(zookeeper.socketAddress());
        Lease held = Stage.take(stage.client("session-timeout=4s&dialect=twin"), "job");
        Holdfast client = stage.clientAt("127.0.0.1:" + way.port(), "session-timeout=4s&dialect=twin");
        CompletableFuture<Lease> waiting = client.lock("job").acquireAsync();
        stage.awaitContenders(4);
        // It has read what it needs to know of the line.
        Stage.pause(500);
        Holdfast operator = stage.client("session-timeout=4s");
        way.replies().delay(Duration.ofMillis(300));
        held.release();
        assertThat(operator.forceRelease("job")).isTrue();
        assertThat(Stage.get(told(waiting))).isEqualTo(LeaseLoss.TAKEN_OVER);
        stage.awaitContenders(0);
    }

    /** Numbers of nodes begin again with the lock's node, so a resource that saw one would refuse all later holders. */
    @Test
    void token_overALockNodeThatWasMadeAnew_rises_thoughTheNumbersBeginAgain() {
        Holdfast client = stage.client("session-timeout=4s");
        long last = 0;
        for (int i = 0; i < 5; i++) {
            Lease held = Stage.take(client, "job");
            assertThat(stage.contenders()).allMatch(node -> node.endsWith("-lock-0000000000"));
            assertThat(held.token()).isGreaterThan(last);
            last = held.token();
            held.release();
            stage.operator().delete(stage.path() + "/job");
        }
    }

    /** Does something when the servers have answered, and before the client hears of it. */
    private Holdfast clientThatHears(Predicate<byte[]> reply, Runnable meanwhile) {
        AtomicBoolean done = new AtomicBoolean();
        FrameGate gate = stage.opened(new FrameGate(FrameCounter::lengthPrefixed, ZooKeeperDialogue::new));
        gate.says(frame -> {
            if (reply.test(frame) && done.compareAndSet(false, true)) {
                meanwhile.run();
            }
            return frame;
        });
        return stage.clientAt("127.0.0.1:" + gate.portTo(zookeeper.socketAddress()), "session-timeout=4s");
    }

    private static boolean isRefused(byte[] reply) {
        return reply.length >= ERROR + 4
                && ByteBuffer.wrap(reply).getInt(ERROR) == KeeperException.Code.NOAUTH.intValue();
    }

    private String stranger(List<ACL> acl) {
        String node = stage.path() + "/job/_c_" + UUID.randomUUID() + "-lock-";
        return stage.operator().ask(session -> session.create(node, new byte[0], acl, CreateMode.EPHEMERAL_SEQUENTIAL));
    }

    /**
     * The one ahead lets nobody read his node, so whether it is there is asked in another request. Before that an operator removes the waiter's node,
     * a rival comes, and the one ahead goes: the answer is about a place that is no more.
     */
    @Test
    void lateAnswerAboutAPlaceThatWasLeft_grantsNothing() throws Exception {
        stage.operator().create(stage.path());
        stage.operator().create(stage.path() + "/job");
        String hidden =
                stranger(Collections.singletonList(new ACL(ZooDefs.Perms.ALL, new Id("digest", "somebody:else"))));
        CompletableFuture<String> rival = new CompletableFuture<>();
        Holdfast client = clientThatHears(WaitingFaultsTest::isRefused, () -> {
            stage.contenders().stream().filter(node -> !node.equals(hidden)).forEach(stage.operator()::delete);
            rival.complete(stranger(ZooDefs.Ids.OPEN_ACL_UNSAFE));
            stage.operator().delete(hidden);
        });
        CompletableFuture<Lease> waiter = client.lock("job").acquireAsync();
        String holder = Stage.get(rival);
        long holdersRevision = stage.operator().stat(holder).getCzxid();
        Stage.pause(1_000);
        assertThat(waiter).isNotDone();
        stage.awaitContenders(2);
        assertThat(stage.contenders()).contains(holder);
        stage.operator().delete(holder);
        assertThat(Stage.get(waiter).token()).isGreaterThan(holdersRevision);
    }

    /** It was said to stand behind somebody, and was the first when it began to watch its node. */
    @Test
    void releaseForcedBeforeTheOneWhoseTurnItIsWatchesItsNode_isHeard() throws Exception {
        Holdfast operator = stage.client("session-timeout=4s");
        stage.operator().create(stage.path());
        stage.operator().create(stage.path() + "/job");
        String ahead = stranger(ZooDefs.Ids.OPEN_ACL_UNSAFE);
        CompletableFuture<Boolean> forced = new CompletableFuture<>();
        Holdfast client = clientThatHears(
                reply -> new String(reply, StandardCharsets.ISO_8859_1).contains(Requests.name(ahead)), () -> {
                    stage.operator().delete(ahead);
                    forced.complete(operator.forceRelease("job"));
                });
        CompletableFuture<LeaseLoss> told = told(client.lock("job").acquireAsync());
        assertThat(Stage.get(forced)).isTrue();
        assertThat(Stage.get(told)).isEqualTo(LeaseLoss.TAKEN_OVER);
        stage.awaitContenders(0);
    }

    /** Why a lease is lost, also if that is before its caller has it. */
    private static CompletableFuture<LeaseLoss> told(CompletableFuture<Lease> lease) {
        return lease.thenCompose(Lease::whenLost).exceptionally(failure -> {
            if (failure instanceof CompletionException completion
                    && completion.getCause() instanceof LeaseLostException lost) {
                return lost.loss();
            }
            throw new AssertionError("neither granted nor lost", failure);
        });
    }
}
