// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.servers.MemcachedServer;
import dev.holdfast.trials.process.WorkerProcess;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameGate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What can happen to items, connections and the server. */
final class FaultsTest {
    @RegisterExtension
    static final MemcachedServer memcached = MemcachedServer.start(MemcachedFixture.KEEPS);

    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage(memcached);
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private static LeaseLoss loss(Lease lease) throws Exception {
        return Stage.get(lease.whenLost().toCompletableFuture());
    }

    /** The first item after a start has the version 1 again, so the old holder's version is that of the new holder's item. */
    @Test
    void serverStartedAgain_holderIsToldAndDoesNotFreeTheNewOneWhoseItemHasTheSameVersion() throws Exception {
        memcached.restartEmpty();
        FaultProxy proxy = stage.proxy(memcached.socketAddress());
        Holdfast old = stage.clientBehind(proxy, "lease-time=20s&call-timeout=300ms");
        Lease held = Stage.take(old, "job");
        proxy.refuse();
        memcached.restartEmpty();
        Lease next = stage.client().lock("job").acquire(Stage.PATIENCE);
        CompletableFuture<ReleaseResult> released = held.releaseAsync().toCompletableFuture();
        proxy.heal();
        assertThat(Stage.get(released))
                .isIn(ReleaseResult.UNCONFIRMED, ReleaseResult.ALREADY_LOST, ReleaseResult.RELEASED);
        Stage.pause(1_500);
        assertThat(next.isHeld()).isTrue();
        assertThat(stage.client().lock("job").tryAcquire()).isNull();
        assertThat(next.token()).isGreaterThan(held.token());
    }

    @Test
    void serverStartedAgain_holderIsToldLongBeforeItsNextRenewal() throws Exception {
        Lease held = Stage.take(stage.client("lease-time=60s"), "job");
        memcached.restartEmpty();
        assertThat(loss(held)).isEqualTo(LeaseLoss.TAKEN_OVER);
        assertThat(Stage.take(stage.client(), "job").token()).isGreaterThan(held.token());
    }

    @Test
    void serverFlushed_holderIsToldAtItsNextRenewal() throws Exception {
        Lease held = Stage.take(stage.client("lease-time=2s"), "job");
        stage.operator().flush();
        assertThat(loss(held)).isEqualTo(LeaseLoss.TAKEN_OVER);
        assertThat(held.release()).isEqualTo(ReleaseResult.ALREADY_LOST);
    }

    @Test
    void serverStoppedForLongerThanTheLease_lossComesByOurOwnClock() throws Exception {
        Lease held = Stage.take(stage.client("lease-time=2s"), "job");
        memcached.pause();
        try {
            assertThat(loss(held)).isEqualTo(LeaseLoss.BACKEND_UNREACHABLE);
        } finally {
            memcached.resume();
        }
    }

    /** A server that was stopped puts what it finds afterwards by the time at which it was stopped, so it would end seconds too early. */
    @Test
    void itemPutByAClockThatHadStoodStill_isPutAnew() throws Exception {
        FrameGate gate = stage.gate();
        List<String> said = new CopyOnWriteArrayList<>();
        gate.says(MemcachedDialogue.text(reply -> {
            boolean about = reply.contains("|job|");
            long before = said.stream().filter(line -> line.contains("|job|")).count();
            said.add(reply);
            if (about && before == 0) {
                Stage.pause(200);
            }
            // When it is asked after the slow answer: 3 s, of a lease of 6 s.
            return about && before == 1 ? reply.replaceFirst(" t\\d ", " t3 ") : reply;
        }));
        Holdfast locks = stage.clientAt(gate.portTo(memcached.socketAddress()), "lease-time=6s");
        int greeting = said.size();
        long before = System.nanoTime();
        Lease lease = locks.lock("job").acquire(Stage.PATIENCE);
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.remaining()).isGreaterThan(Duration.ofSeconds(4));
        assertThat(System.nanoTime() - before).isGreaterThan(200_000_000L);
        assertThat(said.subList(greeting, said.size()))
                .filteredOn(line -> line.startsWith("HD "))
                .as("puts of the item")
                .hasSizeGreaterThanOrEqualTo(2);
        assertThat(lease.release()).isEqualTo(ReleaseResult.RELEASED);
    }

    @Test
    void slowServer_isAskedOnceMoreAndBelieved() {
        FrameGate gate = stage.gate();
        List<String> said = new CopyOnWriteArrayList<>();
        Holdfast locks = stage.clientAt(gate.portTo(memcached.socketAddress()), "lease-time=6s");
        gate.says(MemcachedDialogue.text(reply -> {
            said.add(reply);
            Stage.pause(130);
            return reply;
        }));
        Lease lease = Stage.take(locks, "job");
        assertThat(lease.isHeld()).isTrue();
        assertThat(said)
                .as("a put and a look, a look")
                .hasSize(4)
                .filteredOn(line -> line.contains("|job|"))
                .hasSize(2);
    }

    @Test
    void connectionsReset_loseNoLease() throws Exception {
        FaultProxy proxy = stage.proxy(memcached.socketAddress());
        Holdfast client = stage.clientBehind(proxy, "lease-time=4s");
        Lease held = Stage.take(client, "held");
        for (int i = 0; i < 10; i++) {
            proxy.replies().cutBefore(1 + i % 4);
            try (Lease lease = client.lock("job").acquire(Stage.PATIENCE)) {
                assertThat(lease.isHeld()).isTrue();
            }
            proxy.reset();
        }
        assertThat(held.isHeld()).isTrue();
        assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(Stage.take(stage.client(), "job").isHeld()).isTrue();
    }

    @Test
    void answerToAReleaseIsLost_holderHearsThatHeReleasedIt() {
        FaultProxy proxy = stage.proxy(memcached.socketAddress());
        Lease held = Stage.take(stage.clientBehind(proxy, "lease-time=10s"), "job");
        proxy.replies().cutBefore(1);
        assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
        assertThat(Stage.take(stage.client(), "job").isHeld()).isTrue();
    }

    /** The release finds another version and looks whose item that is. No answer to a look means that anything was removed. */
    @Test
    void answerToTheLookOfAReleaseIsLost_holderHearsThatTheLockWasAnothersAlready() {
        FaultProxy proxy = stage.proxy(memcached.socketAddress());
        Lease held = Stage.take(stage.clientBehind(proxy, "lease-time=10s"), "job");
        stage.operator().put("job", "hf1|somebody|job|else", 20);
        proxy.replies().cutBefore(2);
        assertThat(held.release()).isEqualTo(ReleaseResult.ALREADY_LOST);
        assertThat(stage.operator().valueOf("job")).contains("somebody");
    }

    /** The server closes connections on which nothing happens. */
    @Test
    void connectionThatTheServerClosed_isMadeAgainWithinTheCall() throws Exception {
        FaultProxy proxy = stage.proxy(memcached.socketAddress());
        Holdfast client = stage.clientBehind(proxy, "lease-time=4s");
        for (int i = 0; i < 20; i++) {
            Stage.take(client, "job").release();
            proxy.reset();
        }
    }

    @Test
    void itemRemoved_isToldAtTheNextRenewal() throws Exception {
        Lease held = Stage.take(stage.client("lease-time=2s"), "job");
        stage.operator().delete("job");
        assertThat(loss(held)).isEqualTo(LeaseLoss.TAKEN_OVER);
        assertThat(held.release()).isEqualTo(ReleaseResult.ALREADY_LOST);
    }

    @Test
    void forcedRelease_marksTheItem_andTheHolderRemovesIt() throws Exception {
        Lease held = Stage.take(stage.client("lease-time=3s"), "job");
        Holdfast operator = stage.client();
        assertThat(operator.forceRelease("job")).isTrue();
        assertThat(stage.operator().valueOf("job")).startsWith("hf0|");
        assertThat(operator.lock("job").tryAcquire()).isNull();
        assertThat(loss(held)).isEqualTo(LeaseLoss.TAKEN_OVER);
        Lease next = operator.lock("job").acquire(Stage.PATIENCE);
        assertThat(next.token()).isGreaterThan(held.token());
    }

    @Test
    void memoryUsedUp_withoutEvictions_isAnErrorAndNotBusy() {
        try (MemcachedServer small = MemcachedServer.start("-m", "4", "-M");
                Holdfast locks = Holdfast.open(small.uri() + "?lease-time=20s")) {
            Lease held = Stage.take(locks, "held");
            fill(small, 100_000);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 20_000; i++) {
                            Stage.take(locks, "more-" + i);
                        }
                    })
                    .isInstanceOfSatisfying(
                            BackendException.class,
                            e -> assertThat(e.isTransient()).isTrue())
                    .hasMessageContaining("memory is full");
            assertThat(held.isHeld()).isTrue();
        }
    }

    /** A busy cache throws the lock and its counter away: the holder hears of it, and the next token is larger all the same. */
    @Test
    void lockEvicted_holderIsTold_andTokensRise() throws Exception {
        try (MemcachedServer small = MemcachedServer.start("-m", "4");
                Holdfast locks = Holdfast.open(small.uri() + "?lease-time=12s")) {
            Lease held = Stage.take(locks, "job");
            fill(small, 150_000);
            assertThat(new Operator(small.socketAddress()).valueOf("job")).isEmpty();
            assertThat(loss(held)).isEqualTo(LeaseLoss.TAKEN_OVER);
            assertThat(locks.lock("job").acquire(Stage.PATIENCE).token()).isGreaterThan(held.token());
        }
    }

    /** What is to stay for no longer than temporary_ttl is kept, whatever else comes. */
    @Test
    void lockWithinTheTemporaryTtl_isNotEvicted() throws Exception {
        try (MemcachedServer small = MemcachedServer.start("-m", "4", "-o", "temporary_ttl=3600");
                Holdfast locks = Holdfast.open(small.uri() + "?lease-time=60s")) {
            Lease held = Stage.take(locks, "job");
            fill(small, 150_000);
            assertThat(new Operator(small.socketAddress()).valueOf("job")).startsWith("hf1|");
            assertThat(held.release()).isEqualTo(ReleaseResult.RELEASED);
        }
    }

    /** Puts items about as large as that of a lock, which stay for ever, as far as it depends on them. */
    private static void fill(MemcachedServer server, int items) {
        Operator operator = new Operator(server.socketAddress());
        for (int done = 0; done < items; done += 5_000) {
            StringBuilder commands = new StringBuilder();
            for (int i = done; i < done + 5_000; i++) {
                int size = 10 + i % 16 * 10;
                commands.append("set fill")
                        .append(i)
                        .append(" 0 0 ")
                        .append(size)
                        .append(" noreply\r\n");
                commands.append("x".repeat(size)).append("\r\n");
            }
            operator.say(commands.substring(0, commands.length() - 2));
        }
    }

    @Test
    void stoppedProcess_resumedAfterTwoLeases_knowsThatItLostTheLock() throws Exception {
        WorkerProcess holder = stage.process("lease-time=1s");
        long token = Long.parseLong(holder.ask("try job"));
        holder.ask("watch job");
        holder.stop();
        Lease next = stage.client().lock("job").acquire(Stage.PATIENCE);
        Stage.pause(2_200);
        holder.resume();
        assertThat(holder.ask("resumed job")).isEqualTo("over");
        assertThat(holder.ask("release job")).isEqualTo("ALREADY_LOST");
        assertThat(next.token()).isGreaterThan(token);
        assertThat(next.isHeld()).isTrue();
    }

    @Test
    void lateRequest_isSeenByTheWithdrawalBehindIt() throws Exception {
        Holdfast client = stage.client("lease-time=20s&call-timeout=300ms");
        Stage.take(client, "warm").release();
        memcached.pause();
        try {
            assertThatThrownBy(() -> client.lock("job").tryAcquire()).isInstanceOf(BackendException.class);
        } finally {
            memcached.resume();
        }
        await().atMost(Stage.PATIENCE).until(() -> stage.operator().locks().isEmpty());
        assertThat(stage.client().lock("job").tryAcquire()).isNotNull();
    }
}
