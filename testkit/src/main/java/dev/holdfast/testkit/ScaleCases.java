// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.holdfast.Lease;
import dev.holdfast.testkit.Scene.Client;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many leases, many waiters, many cycles: what they cost, and that nothing stays. They count threads and open files of this process, so
 * nothing else should run beside them.
 */
interface ScaleCases {
    int WAITERS = 1_000;
    int CYCLISTS = 8;

    @Tag("load")
    @Test
    @Needs(Capability.MANY_LEASES)
    default void leases_thousandsInOneClient_areAllKept(Scene scene) throws Exception {
        Duration leaseTime = scene.leaseTime().multipliedBy(5);
        Client client = scene.client(scene.options().withLeaseTime(leaseTime).withCallTimeout(Duration.ofSeconds(1)));
        int threads = threads();
        int many = scene.store().many();
        List<CompletableFuture<Lease>> futures = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            futures.add(client.lock("many-" + i).acquireAsync(scene.patience()));
        }
        List<Lease> leases = new ArrayList<>();
        for (CompletableFuture<Lease> future : futures) {
            leases.add(scene.get(future));
        }
        scene.throughout(
                leaseTime.dividedBy(2).multipliedBy(3),
                "all are held",
                () -> leases.stream().allMatch(Lease::isHeld));
        assertThat(threads() - threads).as("threads for %s leases", many).isLessThan(50);
        List<CompletableFuture<?>> releases = new ArrayList<>();
        leases.forEach(lease -> releases.add(lease.releaseAsync().toCompletableFuture()));
        for (CompletableFuture<?> release : releases) {
            scene.get(release);
        }
        scene.nothingIsLeft();
    }

    @Tag("load")
    @Test
    default void waiters_aThousandInOneClient_areOneWaiterInTheStore(Scene scene) throws Exception {
        Client holder = scene.client();
        Client crowd = scene.client();
        Lease first = holder.take("job");
        int standing = scene.store().residue().size();
        int threads = threads();
        long[] entered = new long[1];
        List<CompletableFuture<Void>> waiters = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            waiters.add(crowd.lock("job").acquireAsync(scene.patience()).thenAccept(lease -> {
                entered[0]++;
                lease.release();
            }));
        }
        long before = scene.lacks(Capability.REQUEST_COUNT) ? 0 : crowd.link().requests();
        scene.throughout(
                Duration.ofMillis(500),
                "they wait",
                () -> scene.store().residue().size() <= standing + 1);
        assertThat(threads() - threads).as("threads for %s waiters", WAITERS).isLessThan(50);
        if (!scene.lacks(Capability.REQUEST_COUNT)) {
            long allowed = scene.lacks(Capability.LINE) ? 150 : 10;
            assertThat(crowd.link().requests() - before)
                    .as("requests in half a second")
                    .isLessThan(allowed);
        }
        first.release();
        for (CompletableFuture<Void> waiter : waiters) {
            scene.get(waiter);
        }
        assertThat(entered[0]).isEqualTo(WAITERS);
        scene.nothingIsLeft();
    }

    @Tag("load")
    @Test
    default void cycles_thousands_leaveNothing(Scene scene) throws Exception {
        Client client = scene.client(scene.unhurried());
        cycle(client, 200);
        int threads = threads();
        long files = openFiles();
        cycle(client, scene.store().many());
        scene.eventually("the threads have ended", () -> threads() <= threads + 5);
        assertThat(openFiles()).as("open files and sockets").isLessThanOrEqualTo(files + 5);
        scene.nothingIsLeft();
    }

    /** By a few threads with names of their own, because some stores wait for the disk each time. */
    private static void cycle(Client client, int times) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CYCLISTS);
        try {
            List<Callable<Void>> turns = new ArrayList<>();
            for (int thread = 0; thread < CYCLISTS; thread++) {
                String name = "cycle-" + thread + "-";
                turns.add(() -> {
                    for (int i = 0; i < times / CYCLISTS; i++) {
                        client.take(name + i % 12).release();
                    }
                    return null;
                });
            }
            for (Future<Void> turn : threads.invokeAll(turns)) {
                turn.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Tag("load")
    @Test
    default void clients_openedAndClosed_leaveNothing(Scene scene) throws Exception {
        try (Client client = scene.client()) {
            client.take("job").release();
        }
        scene.eventually("calm", () -> true);
        int threads = threads();
        long files = openFiles();
        for (int i = 0; i < 20; i++) {
            Client client = scene.client();
            client.take("job-" + i);
            client.close();
        }
        scene.eventually("the threads have ended", () -> threads() <= threads + 5);
        scene.eventually("the files are closed", () -> openFiles() <= files + 5);
        scene.nothingIsLeft();
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }
}
