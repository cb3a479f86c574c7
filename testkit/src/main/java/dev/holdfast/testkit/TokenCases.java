// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Lease;
import dev.holdfast.testkit.Scene.Client;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every lease has a token that is larger than all before it. */
interface TokenCases {
    @Test
    default void token_overLeasesAndClients_rises(Scene scene) throws Exception {
        Client one = scene.client();
        Client other = scene.client();
        long last = 0;
        Set<String> texts = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            Client client = i % 3 == 0 ? other : one;
            try (Lease lease = client.lock("job").acquire(scene.patience())) {
                assertThat(lease.token()).isGreaterThan(last);
                assertThat(lease.tokenText()).matches("[0-9]{19}");
                assertThat(Long.parseLong(lease.tokenText())).isEqualTo(lease.token());
                assertThat(lease.token() >> 10).isEqualTo(lease.storeRevision());
                texts.add(lease.tokenText());
                last = lease.token();
            }
        }
        assertThat(texts).hasSize(60);
    }

    @Test
    default void token_overRestartOfTheClient_rises(Scene scene) {
        long last = 0;
        for (int i = 0; i < 4; i++) {
            try (Client client = scene.client()) {
                Lease lease = client.take("job");
                assertThat(lease.token()).isGreaterThan(last);
                last = lease.token();
            }
        }
    }

    @Test
    @Needs({Capability.EXPIRY, Capability.SILENCE})
    default void token_overExpiry_rises(Scene scene) throws Exception {
        Client holder = scene.client();
        Client rival = scene.client();
        Lease expired = holder.take("job");
        holder.link().silence();
        assertThat(rival.lock("job").acquire(scene.patience()).token()).isGreaterThan(expired.token());
    }

    @Test
    @Needs(Capability.REMOVAL)
    default void token_overRemoval_rises(Scene scene) throws Exception {
        Client holder = scene.client();
        Client rival = scene.client();
        Lease removed = holder.take("job");
        scene.store().remove("job");
        assertThat(rival.lock("job").acquire(scene.patience()).token()).isGreaterThan(removed.token());
    }

    @Test
    @Needs(Capability.PURGE)
    default void token_overPurge_rises(Scene scene) throws Exception {
        Client client = scene.client();
        long last = 0;
        for (int i = 0; i < 4; i++) {
            Lease lease = client.lock("job").acquire(scene.patience());
            assertThat(lease.token()).isGreaterThan(last);
            last = lease.token();
            lease.release();
            scene.nothingIsLeft();
            scene.store().purge("job");
        }
    }

    @Test
    @Needs(Capability.RESTART)
    default void token_overRestartOfTheStore_rises(Scene scene) throws Exception {
        risesOverRestart(scene, true);
    }

    @Test
    @Needs(Capability.RESTART_EMPTY)
    default void token_overRestartOfTheStoreWithoutData_rises(Scene scene) throws Exception {
        risesOverRestart(scene, false);
    }

    private static void risesOverRestart(Scene scene, boolean keepData) throws InterruptedException {
        Client client = scene.client();
        Lease before = client.take("job");
        before.release();
        scene.store().restart(keepData);
        assertThat(client.lock("job").acquire(scene.patience()).token()).isGreaterThan(before.token());
    }

    @Test
    default void token_ofHandovers_risesWithinOneRevision(Scene scene) throws Exception {
        Client client = scene.client(scene.options().withLocalHandovers(64));
        Lease first = client.take("job");
        List<java.util.concurrent.CompletableFuture<Lease>> waiters = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiters.add(client.lock("job").acquireAsync(scene.patience()));
        }
        List<Lease> leases = new ArrayList<>(List.of(first));
        first.release();
        for (int i = 0; i < waiters.size(); i++) {
            scene.eventually(
                    "somebody has the lock",
                    () -> waiters.stream()
                                    .filter(java.util.concurrent.CompletableFuture::isDone)
                                    .count()
                            == leases.size());
            for (java.util.concurrent.CompletableFuture<Lease> waiter : waiters) {
                if (waiter.isDone() && !leases.contains(waiter.join())) {
                    leases.add(waiter.join());
                    waiter.join().release();
                    break;
                }
            }
        }
        for (int i = 1; i < leases.size(); i++) {
            assertThat(leases.get(i).token()).isGreaterThan(leases.get(i - 1).token());
        }
        assertThat(leases.stream().map(Lease::storeRevision).distinct().count())
                .as("revisions of %s leases that were handed over inside one client", leases.size())
                .isLessThan(leases.size());
    }
}
