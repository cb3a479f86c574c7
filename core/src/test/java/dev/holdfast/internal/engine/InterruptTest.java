// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.file.Await;
import dev.holdfast.spi.Claim;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A waiter that is interrupted in the middle of its grant, on real threads. */
class InterruptTest {
    private final Platform system = Engine.systemPlatform();
    private volatile Thread granter;
    private volatile Thread waiter;

    /** The machine, on which the waiter is interrupted, and wants to leave, while the granting thread has the queue's mutex. */
    private final class Halting implements Platform {
        @Override
        public long nanoTime() {
            if (Thread.currentThread() == granter) {
                granter = null;
                waiter.interrupt();
                while (!isBlockedByTheMutex(waiter)) {
                    Thread.onSpinWait();
                }
            }
            return system.nanoTime();
        }

        @Override
        public long wallMillis() {
            return system.wallMillis();
        }

        @Override
        public void parkNanos(Object blocker, long nanos) {
            system.parkNanos(blocker, nanos);
        }

        @Override
        public void runWithin(Runnable task, long nanos) {
            system.runWithin(task, nanos);
        }

        @Override
        public Alarm alarm(String name, Runnable ring) {
            return system.alarm(name, ring);
        }

        @Override
        public Executor executor(String name) {
            return system.executor(name);
        }
    }

    @Test
    @Timeout(60)
    void waiterThatIsInterruptedWhileItIsGranted_getsTheLease() throws Exception {
        Platform platform = new Halting();
        AnsweringBackend store = new AnsweringBackend(platform);
        BlockingQueue<Claim> asked = new ArrayBlockingQueue<>(10);
        store.onAcquire = asked::add;
        try (Holdfast client = Engine.open(store, LockOptions.defaults(), "", List.of(), null, platform)) {
            FutureTask<Boolean> acquired = new FutureTask<>(() -> {
                try (Lease lease = client.lock("x").acquire()) {
                    return lease.isHeld() && Thread.interrupted();
                }
            });
            waiter = new Thread(acquired, "waiter");
            waiter.setDaemon(true);
            waiter.start();
            Claim claim = asked.take();
            Await.until("the waiter is parked", () -> waiter.getState() == Thread.State.WAITING);
            granter = Thread.currentThread();
            claim.granted(1, system.nanoTime(), Duration.ofSeconds(30).toNanos());
            assertThat(acquired.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean isBlockedByTheMutex(Thread thread) {
        return thread.getState() == Thread.State.WAITING
                && Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().endsWith("ReentrantLock"));
    }
}
