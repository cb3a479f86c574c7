// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.DistributedLock;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A waiter that gives up, at whatever step, leaves nothing behind. Leases are long here, so that nothing goes away by expiry. */
interface CancellationCases {
    @Test
    default void acquire_interruptedBefore_throwsAndLeavesNothing(Scene scene) throws Exception {
        Client client = scene.patientClient();
        Throwable thrown = scene.async(() -> {
                    Thread.currentThread().interrupt();
                    return client.lock("job").acquire();
                })
                .failure();
        assertThat(thrown).isInstanceOf(InterruptedException.class);
        scene.nothingIsLeft();
    }

    @Test
    default void tryAcquire_interruptedBefore_asksAndKeepsTheInterrupt(Scene scene) throws Exception {
        Client client = scene.patientClient();
        boolean kept = scene.async(() -> {
                    Thread.currentThread().interrupt();
                    Lease lease = Scene.granted(client.lock("job").tryAcquire());
                    lease.release();
                    return Thread.interrupted();
                })
                .get();
        assertThat(kept).isTrue();
        scene.nothingIsLeft();
    }

    @Test
    default void acquire_interruptedInLine_leavesNothing(Scene scene) throws Exception {
        Client holder = scene.patientClient();
        Client waiter = scene.patientClient();
        Lease lease = holder.take("job");
        Set<String> before = scene.store().residue();
        Scene.Running<Lease> waiting = scene.async(() -> waiter.lock("job").acquire());
        scene.eventually("it waits", waiting::isWaiting);
        waiting.interrupt();
        assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
        scene.nothingIsLeftBut(before);
        lease.release();
        isFreeForAnother(scene);
    }

    @Test
    default void acquire_timedOutInLine_leavesNothing(Scene scene) throws Exception {
        Client holder = scene.patientClient();
        Client waiter = scene.patientClient();
        Lease lease = holder.take("job");
        Set<String> before = scene.store().residue();
        assertThat(waiter.lock("job").tryAcquire(Duration.ofMillis(60))).isNull();
        assertThat(waiter.lock("job").tryAcquire(Duration.ofNanos(1))).isNull();
        scene.nothingIsLeftBut(before);
        lease.release();
        isFreeForAnother(scene);
    }

    @Test
    default void acquireAsync_cancelledInLine_leavesNothing(Scene scene) {
        Client holder = scene.patientClient();
        Client waiter = scene.patientClient();
        Lease lease = holder.take("job");
        Set<String> before = scene.store().residue();
        List<CompletableFuture<?>> futures = List.of(
                waiter.lock("job").acquireAsync(),
                waiter.lock("job").acquireAsync(Duration.ofDays(1)),
                waiter.lock("job").tryAcquireAsync(Duration.ofDays(1)));
        futures.forEach(future -> assertThat(future.cancel(true)).isTrue());
        scene.nothingIsLeftBut(before);
        lease.release();
        isFreeForAnother(scene);
    }

    @Test
    default void acquireAsync_cancelledAfterTheGrant_keepsTheLease(Scene scene) throws Exception {
        Client client = scene.patientClient();
        CompletableFuture<Lease> future = client.lock("job").acquireAsync();
        Lease lease = scene.get(future);
        assertThat(future.cancel(true)).isFalse();
        assertThat(lease.isHeld()).isTrue();
    }

    @Test
    default void acquire_oneOfSeveralWaitersGivesUp_theOthersGetTheLock(Scene scene) throws Exception {
        Client holder = scene.patientClient();
        Client waiter = scene.patientClient();
        Lease lease = holder.take("job");
        CompletableFuture<Lease> first = waiter.lock("job").acquireAsync();
        CompletableFuture<Lease> second = waiter.lock("job").acquireAsync();
        CompletableFuture<Lease> third = waiter.lock("job").acquireAsync();
        first.cancel(true);
        lease.release();
        scene.get(second).release();
        scene.get(third).release();
        scene.nothingIsLeft();
    }

    @Test
    @Needs(Capability.STALL)
    default void acquire_interruptedWhileTheRequestIsUnderWay_leavesNothing(Scene scene) throws Exception {
        Client client = scene.patientClient();
        client.link().stall();
        Scene.Running<Lease> waiting = scene.async(() -> client.lock("job").acquire());
        scene.eventually("the request arrived", () -> !scene.store().residue().isEmpty());
        waiting.interrupt();
        assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
        client.link().heal();
        scene.nothingIsLeft();
        scene.eventually("the lock is free", () -> client.isFree("job"));
    }

    @Test
    @Needs(Capability.STALL)
    default void acquireAsync_cancelledWhileTheRequestIsUnderWay_leavesNothing(Scene scene) {
        Client client = scene.patientClient();
        client.link().stall();
        CompletableFuture<Lease> waiting = client.lock("job").acquireAsync();
        scene.eventually("the request arrived", () -> !scene.store().residue().isEmpty());
        waiting.cancel(true);
        client.link().heal();
        scene.nothingIsLeft();
        scene.eventually("the lock is free", () -> client.isFree("job"));
    }

    @Test
    @Needs(Capability.LATE_REQUEST)
    default void acquire_requestArrivesAfterItsWithdrawal_leavesNothing(Scene scene) throws Exception {
        Client client = scene.client();
        client.link().holdNextRequest();
        CompletableFuture<@Nullable Lease> waiting = client.lock("job").tryAcquireAsync(Duration.ofMillis(100));
        // A client that notices within its call timeout that the request got stuck may ask again, and get the lock.
        CompletableFuture<Void> settled = waiting.handle((lease, failure) -> {
            if (lease != null) {
                lease.release();
            }
            return null;
        });
        scene.eventually("it gave up", settled::isDone);
        client.link().deliverHeldRequest();
        scene.nothingIsLeft();
        isFreeForAnother(scene);
    }

    @Test
    @Needs(Capability.LOST_REPLY)
    default void acquire_replyWasLost_isGrantedByTheRetryWithoutAGhost(Scene scene) throws Exception {
        Client client = scene.patientClient();
        client.link().loseNextReply();
        Lease lease = client.lock("job").acquire(scene.patience());
        assertThat(lease.isHeld()).isTrue();
        lease.release();
        scene.nothingIsLeft();
        isFreeForAnother(scene);
    }

    @Test
    @Needs(Capability.LOST_REPLY)
    default void tryAcquire_replyWasLost_leavesNothingForLongerThanALease(Scene scene) {
        Client client = scene.patientClient();
        client.link().loseNextReply();
        try (Lease lease = client.lock("job").tryAcquire()) {
            assertThat(lease == null || lease.isHeld()).isTrue();
        } catch (dev.holdfast.BackendException e) {
            assertThat(e.isTransient()).isTrue();
        }
        scene.nothingIsLeft();
        scene.eventually("the lock is free", () -> client.isFree("job"));
    }

    @Test
    @Needs(Capability.DUPLICATE)
    default void acquire_requestArrivesTwice_isOneLease(Scene scene) {
        Client client = scene.patientClient();
        client.link().duplicateNextRequest();
        client.take("job").release();
        scene.nothingIsLeft();
    }

    @Test
    @Needs(Capability.SILENCE)
    default void acquire_gaveUpInSilence_leavesNothing(Scene scene) throws Exception {
        Client client = scene.patientClient();
        Client holder = scene.patientClient();
        Lease lease = holder.take("job");
        CompletableFuture<Lease> waiting = client.lock("job").acquireAsync();
        client.link().silence();
        waiting.cancel(true);
        client.link().heal();
        lease.release();
        scene.nothingIsLeft();
    }

    @Test
    @Needs(Capability.LOST_PUSH)
    default void acquire_wakeUpsAreLost_stillEnds(Scene scene) throws Exception {
        // The slow check that a wake-up was not lost goes by the lease time.
        Client holder = scene.client();
        Client waiter = scene.client();
        waiter.link().dropPushes();
        Lease lease = holder.take("job");
        Scene.Running<Lease> waiting = scene.async(() -> waiter.lock("job").acquire(scene.patience()));
        scene.eventually("it waits", waiting::isWaiting);
        scene.throughout(Duration.ofMillis(50), "it waits", () -> !waiting.isDone());
        lease.release();
        assertThat(waiting.get().isHeld()).isTrue();
    }

    /** The race of a grant with an interrupt, a cancellation and a timeout: whoever loses it gives its grant back. */
    @Test
    default void acquire_givenUpAtARandomMoment_leavesNothing(Scene scene) throws Exception {
        LockOptions options = scene.unhurried().withLeaseTime(scene.patience().multipliedBy(3));
        Client one = scene.client(options);
        Client other = scene.client(options);
        List<Scene.Running<Integer>> workers = new ArrayList<>();
        for (Client client : List.of(one, other)) {
            for (int thread = 0; thread < 2; thread++) {
                workers.add(scene.async(() -> {
                    for (int i = 0; i < 100; i++) {
                        giveUpAtRandom(client.lock("job"));
                    }
                    return 0;
                }));
            }
        }
        for (Scene.Running<Integer> worker : workers) {
            worker.get();
        }
        scene.nothingIsLeft();
        scene.eventually("the lock is free", () -> one.isFree("job"));
        scene.eventually("the lock is free", () -> other.isFree("job"));
    }

    private static void giveUpAtRandom(DistributedLock lock) throws InterruptedException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long nanos = random.nextLong(400_000);
        if (random.nextBoolean()) {
            Lease lease = lock.tryAcquire(Duration.ofNanos(nanos));
            if (lease != null) {
                lease.release();
            }
            return;
        }
        CompletableFuture<Lease> future = lock.acquireAsync();
        java.util.concurrent.locks.LockSupport.parkNanos(nanos);
        if (!future.cancel(true)) {
            future.join().release();
        }
    }

    /** A withdrawal may still be under way, and a grant that came too late on its way back. */
    private static void isFreeForAnother(Scene scene) {
        Client another = scene.patientClient();
        scene.eventually("the lock is free", () -> another.isFree("job"));
    }
}
