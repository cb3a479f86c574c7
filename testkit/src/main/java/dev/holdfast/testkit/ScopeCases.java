// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.LeaseLostException;
import dev.holdfast.testkit.Scene.Client;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** {@code run} and {@code call}. */
interface ScopeCases {
    @Test
    default void call_body_runsUnderTheLock(Scene scene) throws Exception {
        Client client = scene.client();
        Client rival = scene.client();
        String result = client.lock("job").call(() -> rival.isFree("job") ? "free" : "taken");
        assertThat(result).isEqualTo("taken");
        assertThat(rival.isFree("job")).isTrue();
        AtomicBoolean ran = new AtomicBoolean();
        client.lock("job").run(() -> ran.set(!rival.isFree("job")));
        assertThat(ran).isTrue();
        scene.nothingIsLeft();
    }

    @Test
    default void call_bodyThrows_throwsItsExceptionAndFreesTheLock(Scene scene) {
        Client client = scene.client();
        IOException failure = new IOException("the body's own");
        assertThatThrownBy(() -> client.lock("job").call(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
        IllegalStateException unchecked = new IllegalStateException("the body's own");
        assertThatThrownBy(() -> client.lock("job").run(() -> {
                    throw unchecked;
                }))
                .isSameAs(unchecked);
        assertThat(client.isFree("job")).isTrue();
    }

    @Test
    default void run_leaseLostMeanwhile_throwsTheLoss(Scene scene) {
        Client client = scene.client(scene.options().withAutoRenewal(false));
        Client rival = scene.client();
        assertThatThrownBy(() -> client.lock("job")
                        .run(() -> scene.eventually("the lease has ended", () -> rival.isFree("job"))))
                .isInstanceOf(LeaseLostException.class);
    }

    @Test
    default void call_leaseLostAndBodyThrows_doesNotMaskTheBody(Scene scene) {
        Client client = scene.client(scene.options().withAutoRenewal(false));
        Client rival = scene.client();
        IOException failure = new IOException("the body's own");
        assertThatThrownBy(() -> client.lock("job").call(() -> {
                    scene.eventually("the lease has ended", () -> rival.isFree("job"));
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(failure.getSuppressed()).hasAtLeastOneElementOfType(LeaseLostException.class);
    }

    @Test
    default void run_interruptedWhileWaiting_doesNotRunTheBody(Scene scene) throws Exception {
        Client client = scene.client();
        client.take("job");
        AtomicBoolean ran = new AtomicBoolean();
        Scene.Running<Integer> waiter = scene.async(() -> {
            client.lock("job").run(() -> ran.set(true));
            return 0;
        });
        scene.eventually("it waits", waiter::isWaiting);
        waiter.interrupt();
        assertThat(waiter.failure()).isInstanceOf(InterruptedException.class);
        assertThat(ran).isFalse();
    }
}
