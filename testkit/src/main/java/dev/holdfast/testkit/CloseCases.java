// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ClientClosedException;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** {@code close()}: everything ends, in time. */
interface CloseCases {
    Duration BOUND = Duration.ofMillis(2_500);

    @Test
    default void close_withHoldersAndWaiters_endsThemAll(Scene scene) throws Exception {
        Client closing = scene.client();
        Client other = scene.client();
        other.take("taken");
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            leases.add(closing.take("job-" + i));
        }
        List<CompletableFuture<Lease>> futures = new ArrayList<>();
        List<Scene.Running<Lease>> threads = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            futures.add(closing.lock("taken").acquireAsync());
            futures.add(closing.lock("job-0").acquireAsync(scene.patience()));
            threads.add(scene.async(() -> closing.lock("taken").acquire()));
        }
        for (Scene.Running<Lease> thread : threads) {
            scene.eventually("it waits", thread::isWaiting);
        }
        long before = System.nanoTime();
        closing.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(BOUND);
        for (Lease lease : leases) {
            assertThat(lease.isHeld()).isFalse();
            assertThat(scene.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.CLIENT_CLOSED);
        }
        for (CompletableFuture<Lease> future : futures) {
            assertThatThrownBy(() -> scene.get(future))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ClientClosedException.class);
        }
        for (Scene.Running<Lease> thread : threads) {
            assertThat(thread.failure()).isInstanceOf(ClientClosedException.class);
        }
        for (int i = 0; i < 50; i++) {
            other.take("job-" + i);
        }
    }

    @Test
    default void close_twice_isHarmlessAndTheClientRefusesCalls(Scene scene) throws Exception {
        Client client = scene.client();
        dev.holdfast.DistributedLock lock = client.lock("job");
        client.close();
        client.close();
        assertThatThrownBy(lock::tryAcquire).isInstanceOf(ClientClosedException.class);
        assertThatThrownBy(lock::acquire).isInstanceOf(ClientClosedException.class);
        assertThatThrownBy(() -> lock.acquire(Duration.ofSeconds(1))).isInstanceOf(ClientClosedException.class);
        assertThatThrownBy(() -> scene.get(lock.acquireAsync()))
                .satisfiesAnyOf(
                        e -> assertThat(e).isInstanceOf(ClientClosedException.class),
                        e -> assertThat(e).hasCauseInstanceOf(ClientClosedException.class));
        assertThatThrownBy(() -> lock.asJavaLock().lock()).isInstanceOf(ClientClosedException.class);
        assertThatThrownBy(() -> client.locks().inspect("job")).isInstanceOf(ClientClosedException.class);
    }

    @Test
    default void close_ofOneClient_doesNotTouchAnother(Scene scene) {
        Client closing = scene.client();
        Client other = scene.client();
        Lease kept = other.take("kept");
        closing.take("job");
        closing.close();
        scene.throughout(scene.leaseTime(), "the other client's lease is kept", kept::isHeld);
        assertThat(other.isFree("job")).isTrue();
    }

    @Test
    @Needs(Capability.SILENCE)
    default void close_inSilence_returnsInTime(Scene scene) throws Exception {
        Client client = scene.client();
        Lease lease = client.take("job");
        CompletableFuture<Lease> waiting = client.lock("job").acquireAsync();
        client.link().silence();
        Pulse pulse = scene.pulse();
        long before = System.nanoTime();
        client.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(BOUND.plus(pulse.stoodStill()));
        assertThat(lease.isHeld()).isFalse();
        assertThat(scene.get(lease.whenLost().toCompletableFuture())).isEqualTo(LeaseLoss.CLIENT_CLOSED);
        scene.eventually("the waiter has ended", waiting::isDone);
        scene.client().lock("job").acquire(scene.patience()).release();
    }
}
