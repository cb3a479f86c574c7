// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.newest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.testkit.StoreFixture;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Crowds of virtual threads on one name. */
@Timeout(120)
final class CrowdTest {
    private static final int CROWD = 10_000;
    private static final int CLIENTS = 4;

    /** Besides the carriers, of which each processor has one, and another while it is in the file system. */
    private static final int FEW = 36 + 2 * Runtime.getRuntime().availableProcessors();

    private static final int GIVING_UP = 2_000;
    private static final ThreadMXBean PLATFORM_THREADS = ManagementFactory.getThreadMXBean();

    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();
    private int entries;
    private int fallenTokens;
    private long lastToken;

    /** Plain fields: if the lock does not exclude, they lose updates. */
    private void enter(Lease lease) {
        if (inside.getAndIncrement() != 0) {
            overlaps.incrementAndGet();
        }
        entries++;
        if (lease.token() <= lastToken) {
            fallenTokens++;
        }
        lastToken = lease.token();
        Thread.yield();
        inside.decrementAndGet();
    }

    private void wereAlone(int times) {
        assertThat(overlaps.get()).as("entries while another was inside").isZero();
        assertThat(entries).as("entries").isEqualTo(times);
        assertThat(fallenTokens).as("tokens that did not rise").isZero();
    }

    @ParameterizedTest
    @EnumSource
    void tenThousandThreads_onOneName_eachHoldItOnceAndAlone(Store kind) throws Exception {
        try (StoreFixture store = kind.open();
                Holdfast holder = Store.client(store);
                Holdfast client = Store.client(store);
                Carriers carriers = new Carriers()) {
            int before = PLATFORM_THREADS.getThreadCount();
            PLATFORM_THREADS.resetPeakThreadCount();
            Lease first = holder.lock("job").acquire(Crowd.PATIENCE);
            Crowd crowd = new Crowd();
            for (int i = 0; i < CROWD; i++) {
                crowd.start(() -> {
                    try (Lease lease = client.lock("job").acquire()) {
                        enter(lease);
                    }
                });
            }
            crowd.allWait();
            first.release();
            crowd.allEnd();
            wereAlone(CROWD);
            assertThat(PLATFORM_THREADS.getPeakThreadCount() - before)
                    .as("platform threads for %s waiters", CROWD)
                    .isLessThan(FEW);
            assertThat(carriers.pinned()).isEmpty();
            nothingIsLeft(store);
        }
    }

    @ParameterizedTest
    @EnumSource
    void threads_ofSeveralClients_areNeverTwoInside(Store kind) throws Exception {
        Holdfast[] clients = new Holdfast[CLIENTS];
        try (StoreFixture store = kind.open();
                Carriers carriers = new Carriers()) {
            for (int i = 0; i < CLIENTS; i++) {
                clients[i] = Store.client(store);
            }
            Crowd crowd = new Crowd();
            for (int i = 0; i < CROWD / 5; i++) {
                Holdfast client = clients[i % CLIENTS];
                crowd.start(() -> {
                    try (Lease lease = client.lock("job").acquire()) {
                        enter(lease);
                    }
                });
            }
            crowd.allEnd();
            wereAlone(CROWD / 5);
            assertThat(carriers.pinned()).isEmpty();
            nothingIsLeft(store);
            for (Holdfast client : clients) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void interruptedThreads_leaveTheLine_andTheOthersGetTheirTurn(Store kind) throws Exception {
        try (StoreFixture store = kind.open();
                Holdfast holder = Store.client(store);
                Holdfast client = Store.client(store)) {
            Lease first = holder.lock("job").acquire(Crowd.PATIENCE);
            AtomicInteger interrupted = new AtomicInteger();
            Crowd crowd = new Crowd();
            for (int i = 0; i < GIVING_UP; i++) {
                crowd.start(() -> {
                    try (Lease lease = client.lock("job").acquire()) {
                        enter(lease);
                    } catch (InterruptedException e) {
                        interrupted.incrementAndGet();
                    }
                });
            }
            crowd.allWait();
            for (int i = 0; i < GIVING_UP / 4; i++) {
                crowd.threads().get(2 * i).interrupt();
            }
            Crowd.eventually("the interrupted have left", () -> interrupted.get() == GIVING_UP / 4);
            Thread grants = Thread.ofPlatform().start(first::release);
            for (int i = GIVING_UP / 4; i < GIVING_UP / 2; i++) {
                crowd.threads().get(2 * i).interrupt();
            }
            crowd.allEnd();
            grants.join();
            // An interrupt may come too late to keep its thread from the lock, but nobody gets lost.
            wereAlone(GIVING_UP - interrupted.get());
            assertThat(interrupted.get()).isBetween(GIVING_UP / 4, GIVING_UP / 2);
            nothingIsLeft(store);
        }
    }

    @ParameterizedTest
    @EnumSource
    void cancelledFutures_leaveTheLine_whateverTheirGrantsDo(Store kind) throws Exception {
        try (StoreFixture store = kind.open();
                Holdfast holder = Store.client(store);
                Holdfast client = Store.client(store)) {
            Lease first = holder.lock("job").acquire(Crowd.PATIENCE);
            AtomicInteger granted = new AtomicInteger();
            AtomicInteger cancelled = new AtomicInteger();
            CountDownLatch asked = new CountDownLatch(GIVING_UP);
            Crowd crowd = new Crowd();
            for (int i = 0; i < GIVING_UP; i++) {
                boolean cancels = i % 2 == 0;
                crowd.start(() -> {
                    CompletableFuture<Lease> future = client.lock("job").acquireAsync();
                    asked.countDown();
                    asked.await();
                    if (cancels && future.cancel(false)) {
                        cancelled.incrementAndGet();
                    } else {
                        future.get().release();
                        granted.incrementAndGet();
                    }
                });
            }
            asked.await();
            first.release();
            crowd.allEnd();
            assertThat(granted.get() + cancelled.get()).isEqualTo(GIVING_UP);
            assertThat(granted.get()).isGreaterThanOrEqualTo(GIVING_UP / 2);
            nothingIsLeft(store);
        }
    }

    @ParameterizedTest
    @EnumSource
    void threadsWhoseTimeIsOver_getNothing_andLeaveNothing(Store kind) throws Exception {
        try (StoreFixture store = kind.open();
                Holdfast holder = Store.client(store);
                Holdfast client = Store.client(store)) {
            Lease first = holder.lock("job").acquire(Crowd.PATIENCE);
            Set<String> heldOnly = store.residue();
            AtomicInteger empty = new AtomicInteger();
            Crowd crowd = new Crowd();
            for (int i = 0; i < GIVING_UP; i++) {
                Duration timeout = Duration.ofMillis(i % 100);
                crowd.start(() -> {
                    if (client.lock("job").tryAcquire(timeout) == null) {
                        empty.incrementAndGet();
                    }
                });
            }
            crowd.allEnd();
            assertThat(empty.get()).isEqualTo(GIVING_UP);
            Crowd.eventually("only the holder is left", () -> store.residue().equals(heldOnly));
            first.release();
            nothingIsLeft(store);
        }
    }

    @Test
    void pinnedThread_isRecorded() throws Exception {
        try (Carriers carriers = new Carriers()) {
            Crowd crowd = new Crowd();
            crowd.start(() -> assertThat(PinnedOnPurpose.INITIALIZED).isTrue());
            crowd.allEnd();
            assertThat(carriers.pinned()).anyMatch(stack -> stack.contains("PinnedOnPurpose"));
        }
    }

    /** The native frame below a class initializer keeps the carrier. */
    private static final class PinnedOnPurpose {
        static final boolean INITIALIZED = parked();

        private static boolean parked() {
            LockSupport.parkNanos(10_000_000);
            return true;
        }
    }

    private static void nothingIsLeft(StoreFixture store) {
        Crowd.eventually("nothing is left in the store", () -> store.residue().isEmpty());
    }
}
