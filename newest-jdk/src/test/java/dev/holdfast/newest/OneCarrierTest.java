// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.newest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.BackendException;
import dev.holdfast.ClientClosedException;
import dev.holdfast.DistributedLock;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.ReleaseResult;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.trials.process.LockWorker;
import dev.holdfast.trials.process.WorkerProcess;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Waiting virtual threads where there is one carrier for all of them: a wait that keeps the carrier, in a monitor or in the kernel,
 * stops every other virtual thread.
 */
@Tag("one-carrier")
@Timeout(120)
final class OneCarrierTest {
    /** Whether another virtual thread comes to its end within some time. */
    private static boolean othersGoOn(Duration within) throws InterruptedException {
        return Thread.ofVirtual().start(() -> {}).join(within);
    }

    private static void othersGoOn() throws InterruptedException {
        assertThat(othersGoOn(Crowd.PATIENCE)).as("other virtual threads go on").isTrue();
    }

    @Test
    void threadThatKeepsTheCarrier_stopsTheOthers() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean spins = new AtomicBoolean();
        Crowd crowd = new Crowd();
        crowd.start(() -> {
            spins.set(true);
            while (!stop.get()) {
                Thread.onSpinWait();
            }
        });
        Crowd.eventually("it spins", spins::get);
        assertThat(othersGoOn(Duration.ofMillis(200))).isFalse();
        stop.set(true);
        crowd.allEnd();
        othersGoOn();
    }

    private static void waitInEveryWay(Crowd crowd, DistributedLock lock) {
        crowd.start(() -> lock.acquire().release());
        crowd.start(() -> lock.acquire(Crowd.PATIENCE).release());
        crowd.start(() -> {
            Lease lease = lock.tryAcquire(Crowd.PATIENCE);
            assertThat(lease).isNotNull();
            lease.release();
        });
        crowd.start(() -> lock.run(() -> {}));
        crowd.start(() -> lock.acquireAsync().join().release());
        crowd.start(() -> {
            Lock view = lock.asJavaLock();
            view.lock();
            view.unlock();
        });
    }

    @ParameterizedTest
    @EnumSource
    void waiters_forALeaseOfThisJvm_letOthersGoOn(Store kind) throws Exception {
        try (StoreFixture store = kind.open();
                Holdfast holder = Store.client(store);
                Holdfast client = Store.client(store)) {
            Lease first = holder.lock("job").acquire(Crowd.PATIENCE);
            Crowd crowd = new Crowd();
            waitInEveryWay(crowd, client.lock("job"));
            crowd.allWait();
            othersGoOn();
            first.release();
            crowd.allEnd();
        }
    }

    @Test
    void waiters_forAnotherProcess_letOthersGoOn() throws Exception {
        try (StoreFixture store = Store.FILE.open();
                Holdfast client = Store.client(store);
                WorkerProcess other = LockWorker.start(store.uri())) {
            assertThat(other.ask("try job")).isNotEqualTo("busy");
            Crowd crowd = new Crowd();
            waitInEveryWay(crowd, client.lock("job"));
            crowd.allWait();
            Crowd.eventually("a thread of the backend waits in the kernel", OneCarrierTest::waitsInTheKernel);
            othersGoOn();
            other.kill();
            crowd.allEnd();
        }
    }

    private static boolean waitsInTheKernel() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("holdfast-file-wait"));
    }

    @Test
    void askingAndReleasing_atASilentStore_letOthersGoOn() throws Exception {
        try (StoreFixture store = Store.SCRIPTED_LEASED.open()) {
            StoreLink link = store.connect();
            try (Holdfast client = Store.client(link)) {
                Lease held = client.lock("held").acquire(Crowd.PATIENCE);
                link.silence();
                AtomicReference<ReleaseResult> result = new AtomicReference<>();
                Crowd crowd = new Crowd();
                crowd.start(() -> result.set(held.release()));
                crowd.start(() -> {
                    try {
                        client.lock("asked").tryAcquire();
                        throw new AssertionError("a silent store answered");
                    } catch (BackendException e) {
                        assertThat(e.isTransient()).isTrue();
                    }
                });
                crowd.allWait();
                othersGoOn();
                crowd.allEnd();
                assertThat(result.get()).isEqualTo(ReleaseResult.UNCONFIRMED);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void close_whileThreadsWait_letsOthersGoOnAndEndsThem(Store kind) throws Exception {
        try (StoreFixture store = kind.open();
                Holdfast holder = Store.client(store)) {
            Holdfast client = Store.client(store);
            holder.lock("job").acquire(Crowd.PATIENCE);
            AtomicBoolean told = new AtomicBoolean();
            Crowd crowd = new Crowd();
            crowd.start(() -> {
                try {
                    client.lock("job").acquire();
                } catch (ClientClosedException e) {
                    told.set(true);
                }
            });
            crowd.allWait();
            crowd.start(client::close);
            othersGoOn();
            crowd.allEnd();
            assertThat(told).isTrue();
        }
    }
}
