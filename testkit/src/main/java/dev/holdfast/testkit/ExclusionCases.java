// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Lease;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One holder at a time. */
interface ExclusionCases {
    @Test
    default void acquire_manyThreadsOfManyClients_areNeverTwoInside(Scene scene) throws Exception {
        Probe probe = new Probe();
        List<Scene.Running<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Client client = scene.client();
            for (int thread = 0; thread < 3; thread++) {
                workers.add(scene.async(() -> enterRepeatedly(client, probe, 30, scene.patience())));
            }
        }
        for (Scene.Running<Integer> worker : workers) {
            worker.get();
        }
        probe.sawNoOverlap();
        assertThat(probe.entries()).isEqualTo(9 * 30);
        scene.nothingIsLeft();
    }

    private static int enterRepeatedly(Client client, Probe probe, int times, Duration patience)
            throws InterruptedException {
        for (int i = 0; i < times; i++) {
            try (Lease lease = client.lock("shared").acquire(patience)) {
                probe.enter(lease);
            }
        }
        return times;
    }

    @Test
    default void tryAcquire_manyClientsAtOnce_areNeverTwoInside(Scene scene) throws Exception {
        Probe probe = new Probe();
        List<Scene.Running<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Client client = scene.client(scene.unhurried());
            workers.add(scene.async(() -> {
                for (int attempt = 0; attempt < 200; attempt++) {
                    try (Lease lease = client.lock("shared").tryAcquire()) {
                        if (lease != null) {
                            probe.enter(lease);
                        }
                    }
                }
                return 0;
            }));
        }
        for (Scene.Running<Integer> worker : workers) {
            worker.get();
        }
        probe.sawNoOverlap();
        assertThat(probe.entries()).isPositive();
    }

    @Test
    default void acquire_byAsynchronousWaiters_areNeverTwoInside(Scene scene) throws Exception {
        Probe probe = new Probe();
        Client one = scene.client();
        Client other = scene.client();
        List<java.util.concurrent.CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Client client = i % 2 == 0 ? one : other;
            all.add(client.lock("shared").acquireAsync(scene.patience()).thenAcceptAsync(lease -> {
                probe.enter(lease);
                lease.release();
            }));
        }
        for (java.util.concurrent.CompletableFuture<Void> each : all) {
            scene.get(each);
        }
        probe.sawNoOverlap();
        assertThat(probe.entries()).isEqualTo(60);
    }

    @Test
    default void tryAcquire_heldByAnotherClient_isNullAndNoError(Scene scene) throws Exception {
        Client holder = scene.client();
        Client rival = scene.client();
        Lease lease = holder.take("job");
        assertThat(rival.lock("job").tryAcquire()).isNull();
        assertThat(rival.lock("job").tryAcquire(Duration.ofMillis(50))).isNull();
        assertThat(scene.get(rival.lock("job").tryAcquireAsync())).isNull();
        assertThat(lease.isHeld()).isTrue();
    }

    @Test
    default void tryAcquire_heldByTheSameClient_isNull(Scene scene) {
        Client client = scene.client();
        client.take("job");
        assertThat(client.lock("job").tryAcquire())
                .as("a lease belongs to nobody's thread")
                .isNull();
    }

    @Test
    default void tryAcquire_twoClientsWithOnePrefix_excludeEachOtherAndOtherPrefixesDoNot(Scene scene) {
        Client one = scene.client(scene.options(), "app:");
        Client same = scene.client(scene.options(), "app:");
        Client other = scene.client(scene.options(), "lib:");
        Client bare = scene.client();
        one.take("job");
        assertThat(same.lock("job").tryAcquire()).isNull();
        other.take("job");
        bare.take("job");
        assertThat(bare.lock("app:job").tryAcquire())
                .as("the full name is the prefix and the name")
                .isNull();
    }

    @Test
    default void tryAcquire_whileAnotherIsInFlight_takesItsAnswer(Scene scene) throws Exception {
        Client client = scene.client();
        List<Scene.Running<Boolean>> attempts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            attempts.add(scene.async(() -> client.lock("job").tryAcquire() != null));
        }
        int granted = 0;
        for (Scene.Running<Boolean> attempt : attempts) {
            granted += attempt.get() ? 1 : 0;
        }
        assertThat(granted).isOne();
    }
}
