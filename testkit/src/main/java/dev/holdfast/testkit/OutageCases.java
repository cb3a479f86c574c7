// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.holdfast.BackendException;
import dev.holdfast.Lease;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** "The store cannot be asked" is never "somebody else holds the lock". */
interface OutageCases {
    @Test
    @Needs(Capability.SILENCE)
    default void tryAcquire_inSilence_throwsInTime(Scene scene) {
        Client client = scene.client();
        client.link().silence();
        Pulse pulse = scene.pulse();
        long before = System.nanoTime();
        Throwable thrown = catchThrowable(() -> client.lock("job").tryAcquire());
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isLessThan(scene.callTimeout().plusSeconds(1).plus(pulse.stoodStill()));
        isTransient(thrown);
    }

    @Test
    @Needs(Capability.SILENCE)
    default void acquire_inSilence_throwsAtTheDeadline(Scene scene) {
        Client client = scene.client();
        client.link().silence();
        Duration timeout = Duration.ofMillis(400);
        for (Failing call : List.<Failing>of(
                () -> client.lock("job").acquire(timeout),
                () -> client.lock("job").tryAcquire(timeout),
                () -> client.lock("job").acquireAsync(timeout).get(),
                () -> client.lock("job").tryAcquireAsync(timeout).get())) {
            Pulse pulse = scene.pulse();
            long before = System.nanoTime();
            Throwable thrown = catchThrowable(call::run);
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isBetween(
                            timeout.minusMillis(20),
                            timeout.plus(scene.callTimeout()).plusSeconds(1).plus(pulse.stoodStill()));
            isTransient(thrown instanceof java.util.concurrent.ExecutionException ? thrown.getCause() : thrown);
        }
    }

    /** A call that throws. */
    @FunctionalInterface
    interface Failing {
        void run() throws Exception;
    }

    private static void isTransient(@org.jspecify.annotations.Nullable Throwable thrown) {
        assertThat(thrown).isInstanceOfSatisfying(BackendException.class, e -> {
            assertThat(e.isTransient()).isTrue();
            assertThat(e.lockName()).isEqualTo("job");
            assertThat(e).hasMessageMatching("(?s).{15,}");
        });
    }

    @Test
    @Needs(Capability.SILENCE)
    default void acquire_withoutTimeoutInSilence_throwsAfterALeaseTime(Scene scene) throws Exception {
        Client client = scene.client();
        client.link().silence();
        long before = System.nanoTime();
        isTransient(scene.async(() -> client.lock("job").acquire()).failure());
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(
                        scene.leaseTime().minusMillis(50),
                        scene.leaseTime().multipliedBy(2).plusSeconds(2));
    }

    @Test
    @Needs(Capability.SILENCE)
    default void acquire_outageEndsBeforeTheDeadline_isGranted(Scene scene) throws Exception {
        Client client = scene.client();
        client.link().silence();
        Scene.Running<Lease> waiter = scene.async(() -> client.lock("job").acquire(scene.patience()));
        scene.throughout(scene.callTimeout().plusMillis(100), "still waiting", () -> !waiter.isDone());
        client.link().heal();
        assertThat(waiter.get().isHeld()).isTrue();
    }

    @Test
    @Needs({Capability.SILENCE, Capability.REQUEST_COUNT})
    default void tryAcquire_manyAtOnceInSilence_allThrow(Scene scene) throws Exception {
        Client client = scene.client();
        client.link().silence();
        List<Scene.Running<@org.jspecify.annotations.Nullable Lease>> attempts = new java.util.ArrayList<>();
        for (int i = 0; i < 5; i++) {
            attempts.add(scene.async(() -> client.lock("job").tryAcquire()));
        }
        for (Scene.Running<@org.jspecify.annotations.Nullable Lease> attempt : attempts) {
            isTransient(attempt.failure());
        }
    }

    @Test
    @Needs(Capability.FOREIGN_RECORD)
    default void acquire_foreignRecord_throwsAtOnce(Scene scene) {
        Client client = scene.client();
        scene.store().spoil("job");
        for (Failing call : List.<Failing>of(
                () -> client.lock("job").acquire(scene.patience()),
                () -> client.lock("job").acquire(),
                () -> client.lock("job").tryAcquire())) {
            long before = System.nanoTime();
            assertThatThrownBy(call::run).isInstanceOfSatisfying(BackendException.class, e -> {
                assertThat(e.isTransient()).isFalse();
                assertThat(e).hasMessageContaining("job");
            });
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
        }
        assertThat(client.isFree("other")).as("another lock works").isTrue();
    }
}
