// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Lease;
import dev.holdfast.LeaseLostException;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** {@code asJavaLock()}: owned by threads, reentrant. */
@SuppressWarnings("LockNotBeforeTry") // What happens without try and finally is the point.
interface ReentrancyCases {
    @Test
    default void lock_nested_isFreeAfterTheOutermostUnlock(Scene scene) {
        Client client = scene.client();
        Client rival = scene.client();
        Lock view = client.lock("job").asJavaLock();
        view.lock();
        view.lock();
        assertThat(view.tryLock()).isTrue();
        view.unlock();
        view.unlock();
        assertThat(rival.isFree("job")).isFalse();
        view.unlock();
        scene.eventually("the lock is free", () -> rival.isFree("job"));
    }

    @Test
    default void lock_throughTwoViews_isOneOwner(Scene scene) throws Exception {
        Client client = scene.client();
        Lock one = client.lock("job").asJavaLock();
        Lock other = client.lock("job").asJavaLock();
        one.lock();
        assertThat(other.tryLock()).isTrue();
        other.lockInterruptibly();
        assertThat(other.tryLock(1, TimeUnit.MILLISECONDS)).isTrue();
        one.unlock();
        other.unlock();
        one.unlock();
        assertThat(scene.async(one::tryLock).get()).isFalse();
        other.unlock();
        scene.eventually("the lock is free", () -> client.isFree("job"));
    }

    @Test
    default void lock_ofTwoThreads_excludesThem(Scene scene) throws Exception {
        Client client = scene.client();
        Lock view = client.lock("job").asJavaLock();
        int[] counter = new int[1];
        List<Scene.Running<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            workers.add(scene.async(() -> {
                for (int round = 0; round < 50; round++) {
                    view.lock();
                    try {
                        int read = counter[0];
                        LockSupport.parkNanos(1_000);
                        counter[0] = read + 1;
                    } finally {
                        view.unlock();
                    }
                }
                return 0;
            }));
        }
        for (Scene.Running<Integer> worker : workers) {
            worker.get();
        }
        assertThat(counter[0]).isEqualTo(200);
    }

    @Test
    default void lock_againstALease_excludes(Scene scene) {
        Client client = scene.client();
        Lock view = client.lock("job").asJavaLock();
        Lease lease = client.take("job");
        assertThat(view.tryLock())
                .as("a lease of this thread is not this thread's lock")
                .isFalse();
        lease.release();
        view.lock();
        assertThat(client.lock("job").tryAcquire()).isNull();
        view.unlock();
    }

    @Test
    default void unlock_byAnotherThread_throws(Scene scene) throws Exception {
        Client client = scene.client();
        Lock view = client.lock("job").asJavaLock();
        assertThatThrownBy(view::unlock).isInstanceOf(IllegalMonitorStateException.class);
        view.lock();
        Throwable thrown = scene.async(() -> {
                    view.unlock();
                    return 0;
                })
                .failure();
        assertThat(thrown).isInstanceOf(IllegalMonitorStateException.class);
        assertThat(scene.client().isFree("job")).isFalse();
        view.unlock();
        assertThatThrownBy(view::unlock).isInstanceOf(IllegalMonitorStateException.class);
    }

    @Test
    default void lock_interrupted_acquiresAndKeepsTheInterrupt(Scene scene) throws Exception {
        Client client = scene.client();
        Lock view = client.lock("job").asJavaLock();
        Lease lease = client.take("job");
        Scene.Running<Boolean> waiter = scene.async(() -> {
            view.lock();
            boolean interrupted = Thread.interrupted();
            view.unlock();
            return interrupted;
        });
        scene.eventually("it waits", waiter::isWaiting);
        waiter.interrupt();
        scene.throughout(Duration.ofMillis(50), "it still waits", () -> !waiter.isDone());
        lease.release();
        assertThat(waiter.get()).isTrue();
    }

    @Test
    default void lockInterruptibly_interrupted_throwsAndLeavesNothing(Scene scene) throws Exception {
        Client client = scene.client();
        Lock view = client.lock("job").asJavaLock();
        Lease lease = client.take("job");
        Scene.Running<Integer> waiter = scene.async(() -> {
            view.lockInterruptibly();
            return 0;
        });
        scene.eventually("it waits", waiter::isWaiting);
        waiter.interrupt();
        assertThat(waiter.failure()).isInstanceOf(InterruptedException.class);
        lease.release();
        scene.nothingIsLeft();
    }

    @Test
    default void lock_reenteredAfterLoss_throwsAndSoDoesTheOutermostUnlock(Scene scene) {
        Client client = scene.client(scene.options().withAutoRenewal(false));
        Client rival = scene.client();
        Lock view = client.lock("job").asJavaLock();
        view.lock();
        view.lock();
        scene.eventually("the lease has ended", () -> rival.isFree("job"));
        assertThatThrownBy(view::lock).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(view::tryLock).isInstanceOf(LeaseLostException.class);
        view.unlock();
        assertThatThrownBy(view::unlock).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(view::unlock).isInstanceOf(IllegalMonitorStateException.class);
        view.lock();
        assertThat(rival.isFree("job")).isFalse();
        view.unlock();
    }

    @Test
    default void newCondition_always_isNotSupported(Scene scene) {
        Lock view = scene.client().lock("job").asJavaLock();
        assertThatThrownBy(view::newCondition).isInstanceOf(UnsupportedOperationException.class);
    }
}
