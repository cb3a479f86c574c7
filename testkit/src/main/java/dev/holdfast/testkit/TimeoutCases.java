// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.DistributedLock;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.LockTimeoutException;
import dev.holdfast.testkit.Scene.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;

/** Times at the edges of what can be said. */
interface TimeoutCases {
    Duration HUGE = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    @Test
    default void timeout_zero_isOneTry(Scene scene) throws Exception {
        Client holder = scene.client();
        DistributedLock lock = scene.client().lock("job");
        scene.get(lock.acquireAsync(Duration.ZERO)).release();
        lock.acquire(Duration.ZERO).release();
        Scene.granted(lock.tryAcquire(Duration.ZERO)).release();
        Scene.granted(scene.get(lock.tryAcquireAsync(Duration.ZERO))).release();
        holder.take("job");
        assertThatThrownBy(() -> lock.acquire(Duration.ZERO)).isInstanceOf(LockTimeoutException.class);
        assertThat(lock.tryAcquire(Duration.ZERO)).isNull();
        assertThat(scene.get(lock.tryAcquireAsync(Duration.ZERO))).isNull();
        assertThatThrownBy(() -> scene.get(lock.acquireAsync(Duration.ZERO)))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(LockTimeoutException.class);
    }

    @Test
    default void timeout_tiny_endsAndDoesNotOverflow(Scene scene) throws Exception {
        Client holder = scene.client();
        DistributedLock lock = scene.client().lock("job");
        holder.take("job");
        assertThatThrownBy(() -> lock.acquire(Duration.ofNanos(1))).isInstanceOf(LockTimeoutException.class);
        assertThat(lock.tryAcquire(Duration.ofNanos(1))).isNull();
        assertThat(scene.get(lock.tryAcquireAsync(Duration.ofNanos(1)))).isNull();
    }

    @Test
    default void timeout_huge_waitsForEver(Scene scene) throws Exception {
        Client holder = scene.client();
        Client waiter = scene.client();
        DistributedLock lock = waiter.lock("job");
        Lease lease = holder.take("job");
        Lock view = waiter.lock("job").asJavaLock();
        List<Scene.Running<Boolean>> waiting = new ArrayList<>();
        waiting.add(scene.async(() -> lock.acquire(HUGE).release() != null));
        waiting.add(scene.async(() -> Scene.granted(lock.tryAcquire(HUGE)).release() != null));
        waiting.add(scene.async(() -> scene.get(lock.acquireAsync(HUGE)).release() != null));
        waiting.add(scene.async(
                () -> Scene.granted(scene.get(lock.tryAcquireAsync(HUGE))).release() != null));
        waiting.add(scene.async(() -> {
            boolean locked = view.tryLock(Long.MAX_VALUE, TimeUnit.DAYS);
            view.unlock();
            return locked;
        }));
        scene.throughout(
                Duration.ofMillis(100), "they wait", () -> waiting.stream().noneMatch(Scene.Running::isDone));
        lease.release();
        for (Scene.Running<Boolean> each : waiting) {
            assertThat(each.get()).isTrue();
        }
    }

    @Test
    default void timeout_negative_isRefused(Scene scene) throws Exception {
        DistributedLock lock = scene.client().lock("job");
        for (Duration negative : List.of(Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE))) {
            assertThatThrownBy(() -> lock.acquire(negative)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> lock.tryAcquire(negative)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> scene.get(lock.acquireAsync(negative)))
                    .satisfiesAnyOf(
                            e -> assertThat(e).isInstanceOf(IllegalArgumentException.class),
                            e -> assertThat(e).hasCauseInstanceOf(IllegalArgumentException.class));
            assertThatThrownBy(() -> scene.get(lock.tryAcquireAsync(negative)))
                    .satisfiesAnyOf(
                            e -> assertThat(e).isInstanceOf(IllegalArgumentException.class),
                            e -> assertThat(e).hasCauseInstanceOf(IllegalArgumentException.class));
        }
        Lock view = lock.asJavaLock();
        assertThat(view.tryLock(-1, TimeUnit.SECONDS))
                .as("as java.util.concurrent says: one try")
                .isTrue();
        view.unlock();
        scene.nothingIsLeft();
    }

    @Test
    default void timeout_whileTheLockIsTaken_endsInTime(Scene scene) throws Exception {
        Client holder = scene.client();
        DistributedLock lock = scene.client().lock("job");
        holder.take("job");
        Duration timeout = Duration.ofMillis(250);
        Pulse pulse = scene.pulse();
        long before = System.nanoTime();
        assertThatThrownBy(() -> lock.acquire(timeout))
                .isInstanceOf(LockTimeoutException.class)
                .hasMessageContaining("job");
        Duration taken = Duration.ofNanos(System.nanoTime() - before);
        assertThat(taken)
                .isBetween(
                        timeout.minusMillis(1),
                        timeout.plus(scene.callTimeout()).plusMillis(500).plus(pulse.stoodStill()));
        before = System.nanoTime();
        assertThat(scene.get(lock.tryAcquireAsync(timeout))).isNull();
        taken = Duration.ofNanos(System.nanoTime() - before);
        assertThat(taken)
                .isBetween(
                        timeout.minusMillis(1),
                        timeout.plus(scene.callTimeout()).plusMillis(500).plus(pulse.stoodStill()));
    }

    @Test
    default void timeout_lockComesFreeInTime_isGranted(Scene scene) throws Exception {
        Client holder = scene.client();
        DistributedLock lock = scene.client().lock("job");
        Lease lease = holder.take("job");
        CompletableFuture<Lease> waiting = lock.acquireAsync(scene.patience());
        assertThat(waiting).isNotDone();
        lease.release();
        assertThat(scene.get(waiting).isHeld()).isTrue();
    }

    @Test
    default void leaseTime_outOfRange_isRefused(Scene scene) {
        LockOptions options = LockOptions.defaults();
        for (Duration wrong :
                List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofMillis(99), Duration.ofDays(367), HUGE)) {
            assertThatThrownBy(() -> options.withLeaseTime(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("leaseTime");
        }
    }

    @Test
    default void leaseTime_belowTheFloor_isRaisedAndSaysSo(Scene scene) {
        Client client = scene.client(scene.options().withLeaseTime(Duration.ofMillis(100)));
        Lease lease = client.take("job");
        assertThat(lease.leaseTime()).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        assertThat(lease.remaining()).isLessThanOrEqualTo(lease.leaseTime());
    }

    @Test
    default void leaseTime_overThirtyDays_isGrantedOrRefused(Scene scene) {
        Client client = scene.client();
        LockOptions options = scene.options().withLeaseTime(Duration.ofDays(40));
        DistributedLock lock;
        try {
            lock = client.locks().lock("job", options);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageMatching("(?s).*(lease|Lease).*");
            return;
        }
        Lease lease = Scene.granted(lock.tryAcquire());
        if (!scene.lacks(Capability.LEASES)) {
            assertThat(lease.leaseTime()).isGreaterThanOrEqualTo(Duration.ofDays(40));
        }
        scene.throughout(Duration.ofMillis(100), "held", lease::isHeld);
        lease.release();
        assertThat(client.isFree("job")).isTrue();
    }
}
