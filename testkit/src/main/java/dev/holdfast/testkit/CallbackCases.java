// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Lease;
import dev.holdfast.LockListener;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** User code runs on callback threads, and what blocks there delays nothing else. */
interface CallbackCases {
    @Test
    default void whenLost_whileAnotherCallbackBlocks_stillCompletes(Scene scene) throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Client client = scene.client(scene.options().withAutoRenewal(false), new LockListener() {
            @Override
            public void released(Lease lease, Duration held) {
                blocked.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        try {
            client.take("first").release();
            Lease second = client.take("second");
            scene.eventually("a callback blocks", () -> blocked.getCount() == 0);
            scene.get(second.whenLost().toCompletableFuture());
            assertThat(second.isHeld()).isFalse();
        } finally {
            end.countDown();
        }
    }

    @Test
    default void whenLost_itsCallbackBlocks_otherLeasesAreRenewed(Scene scene) throws Exception {
        Client client = scene.client();
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<String> thread = new CompletableFuture<>();
        Lease kept = client.take("kept");
        Lease lost = scene.store().lacks().containsKey(Capability.REMOVAL)
                ? Scene.granted(client.locks()
                        .lock("lost", scene.options().withAutoRenewal(false))
                        .tryAcquire())
                : client.take("lost");
        lost.whenLost().thenAccept(why -> {
            thread.complete(Thread.currentThread().getName());
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            if (!scene.lacks(Capability.REMOVAL)) {
                scene.store().remove("lost");
            }
            assertThat(scene.get(thread)).isNotEqualTo(Thread.currentThread().getName());
            scene.throughout(scene.leaseTime().multipliedBy(2), "the other lease is kept", kept::isHeld);
            assertThat(client.isFree("third")).isTrue();
            kept.release();
        } finally {
            end.countDown();
        }
    }

    @Test
    default void acquireAsync_itsCallbackBlocks_theClientGoesOn(Scene scene) throws Exception {
        Client client = scene.client();
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Lease first = client.take("job");
        CompletableFuture<Void> over = client.lock("job")
                .acquireAsync(scene.patience())
                .thenAccept(lease -> {
                    blocked.countDown();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    lease.release();
                });
        try {
            first.release();
            scene.eventually("a callback blocks", () -> blocked.getCount() == 0);
            assertThat(client.isFree("other")).isTrue();
            scene.get(client.lock("third").acquireAsync(scene.patience())).release();
        } finally {
            end.countDown();
        }
        scene.get(over);
        assertThat(client.isFree("job")).isTrue();
    }
}
