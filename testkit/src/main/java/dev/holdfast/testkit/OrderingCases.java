// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.Ordering;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who comes next. */
interface OrderingCases {
    @Test
    default void waiters_withOrderOfArrival_areServedInIt(Scene scene) throws Exception {
        Client client = scene.client(scene.options().withOrdering(Ordering.ARRIVAL));
        Lease first = client.take("job");
        List<Integer> served = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Void>> waiters = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            int number = i;
            waiters.add(client.lock("job").acquireAsync(scene.patience()).thenAccept(lease -> {
                served.add(number);
                lease.release();
            }));
        }
        first.release();
        for (CompletableFuture<Void> waiter : waiters) {
            scene.get(waiter);
        }
        assertThat(served).isSorted().hasSize(30);
    }

    @Test
    default void tryAcquire_withOrderOfArrival_doesNotOvertake(Scene scene) throws Exception {
        Client client = scene.client(scene.options().withOrdering(Ordering.ARRIVAL));
        Lease first = client.take("job");
        CompletableFuture<Lease> waiter = client.lock("job").acquireAsync(scene.patience());
        first.release();
        Lease overtaking = client.lock("job").tryAcquire();
        assertThat(overtaking).as("a lock that somebody waited for").isNull();
        scene.get(waiter).release();
    }

    @Test
    @Needs(Capability.LINE)
    default void clients_inTheStoresLine_areServedInOrder(Scene scene) throws Exception {
        LockOptions options = scene.options().withOrdering(Ordering.ARRIVAL);
        Client holder = scene.client(options);
        Lease first = holder.take("job");
        List<Integer> served = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Void>> waiters = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            Client client = scene.client(options);
            int standing = scene.store().residue().size();
            waiters.add(client.lock("job").acquireAsync(scene.patience()).thenAccept(lease -> {
                served.add(number);
                lease.release();
            }));
            scene.eventually("it stands in line", () -> scene.store().residue().size() > standing);
        }
        first.release();
        for (CompletableFuture<Void> waiter : waiters) {
            scene.get(waiter);
        }
        assertThat(served).isSorted().hasSize(5);
    }

    @Test
    default void waiter_besideAGreedyThread_isOvertakenAFewTimesOnly(Scene scene) throws Exception {
        Client client = scene.client();
        AtomicBoolean end = new AtomicBoolean();
        AtomicInteger turns = new AtomicInteger();
        Scene.Running<Integer> greedy = scene.async(() -> {
            while (!end.get()) {
                try (Lease lease = client.lock("job").acquire(scene.patience())) {
                    turns.incrementAndGet();
                }
            }
            return 0;
        });
        try {
            scene.eventually("it runs", () -> turns.get() > 10);
            for (int round = 0; round < 20; round++) {
                int before = turns.get();
                long start = System.nanoTime();
                CompletableFuture<Integer> between = client.lock("job")
                        .acquireAsync(scene.patience())
                        .thenApply(lease -> {
                            int overtaken = turns.get() - before;
                            lease.release();
                            return overtaken;
                        });
                int overtaken = scene.get(between);
                boolean soon =
                        System.nanoTime() - start < Duration.ofMillis(200).toNanos();
                assertThat(overtaken <= 200 || soon)
                        .as("overtaken %s times", overtaken)
                        .isTrue();
            }
        } finally {
            end.set(true);
        }
        greedy.get();
    }

    @Test
    default void rival_besideABusyClient_isServed(Scene scene) throws Exception {
        Client busy = scene.client();
        Client rival = scene.client();
        AtomicBoolean end = new AtomicBoolean();
        AtomicInteger turns = new AtomicInteger();
        List<Scene.Running<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            workers.add(scene.async(() -> {
                while (!end.get()) {
                    try (Lease lease = busy.lock("job").acquire(scene.patience())) {
                        turns.incrementAndGet();
                    }
                }
                return 0;
            }));
        }
        try {
            scene.eventually("they run", () -> turns.get() > 10);
            for (int i = 0; i < 10; i++) {
                rival.lock("job").acquire(Duration.ofSeconds(5)).release();
            }
        } finally {
            end.set(true);
        }
        for (Scene.Running<Integer> worker : workers) {
            worker.get();
        }
    }

    @Test
    default void localHandovers_off_everyLeaseHasItsOwnRevision(Scene scene) throws Exception {
        Client client = scene.client(scene.options().withLocalHandovers(0));
        Lease first = client.take("job");
        Set<Long> revisions = Collections.synchronizedSet(new HashSet<>());
        revisions.add(first.storeRevision());
        List<CompletableFuture<Void>> waiters = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiters.add(client.lock("job").acquireAsync(scene.patience()).thenAccept(lease -> {
                revisions.add(lease.storeRevision());
                lease.release();
            }));
        }
        first.release();
        for (CompletableFuture<Void> waiter : waiters) {
            scene.get(waiter);
        }
        assertThat(revisions).hasSize(21);
    }
}
