// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import static dev.holdfast.conformance.FileClients.PATIENCE;
import static dev.holdfast.conformance.FileClients.WAITING;
import static dev.holdfast.conformance.FileClients.granted;
import static dev.holdfast.conformance.FileClients.isBusy;
import static dev.holdfast.conformance.FileClients.threads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.ClientClosedException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.trials.process.WorkerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers whose own threads block in the kernel, and leave before another process gives the lock back. */
final class FileAwaitingTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private FileClients clients;
    private Holdfast locks;
    private WorkerProcess other;

    /** A thread of the test and what became of its task. */
    private record Caller<T>(Thread thread, FutureTask<T> task) {
        static <T> Caller<T> of(Callable<T> body) {
            FutureTask<T> task = new FutureTask<>(body);
            Thread thread = new Thread(task, "caller");
            thread.setDaemon(true);
            thread.start();
            return new Caller<>(thread, task);
        }

        T outcome() throws Exception {
            return task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        boolean isInTheKernel() {
            return Stream.of(thread.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().equals("sun.nio.ch.FileDispatcherImpl")
                            && frame.getMethodName().equals("lock0"));
        }

        Caller<T> inTheKernel() {
            await().atMost(PATIENCE).until(this::isInTheKernel);
            return this;
        }
    }

    @BeforeEach
    void anotherProcessHolds() throws Exception {
        clients = new FileClients(directory);
        locks = clients.client();
        other = clients.process();
        assertThat(Long.parseLong(other.ask("try a"))).isPositive();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        clients.close();
    }

    private Caller<Boolean> acquirer() {
        return acquirer(locks);
    }

    private static Caller<Boolean> acquirer(Holdfast client) {
        return Caller.of(() -> {
            try (Lease lease = client.lock("a").acquire()) {
                return lease.isHeld();
            }
        });
    }

    @Test
    void caller_waitsInTheKernelHimself_andAllOthersBehindHim() throws Exception {
        Caller<Boolean> first = acquirer().inTheKernel();
        List<Caller<Boolean>> behind = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            behind.add(acquirer(i % 2 == 0 ? locks : clients.client()));
        }
        CompletableFuture<Lease> future = locks.lock("a").acquireAsync();
        assertThat(threads(WAITING)).as("threads that are not the caller's").isZero();
        assertThat(behind).noneMatch(Caller::isInTheKernel);
        other.ask("release a");
        assertThat(first.outcome()).isTrue();
        granted(future).release();
        for (Caller<Boolean> each : behind) {
            assertThat(each.outcome()).isTrue();
        }
    }

    @Test
    void interrupt_endsTheWaitAndLosesNobodyBehind() throws Exception {
        Caller<Boolean> first = acquirer().inTheKernel();
        Caller<Boolean> second = acquirer();
        first.thread.interrupt();
        assertThatThrownBy(first::outcome)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        other.ask("release a");
        assertThat(second.outcome()).isTrue();
    }

    @Test
    void interrupt_thatIsNotListenedTo_isKeptAndTheLockStillComes() throws Exception {
        Caller<Boolean> first = Caller.of(() -> {
                    Lock lock = locks.lock("a").asJavaLock();
                    lock.lock();
                    try {
                        return Thread.currentThread().isInterrupted();
                    } finally {
                        lock.unlock();
                    }
                })
                .inTheKernel();
        first.thread.interrupt();
        await().atMost(PATIENCE).until(() -> threads(WAITING) == 1);
        other.ask("release a");
        assertThat(first.outcome()).isTrue();
    }

    @Test
    void deadline_endsTheWaitInTimeAndLosesNobodyBehind() throws Exception {
        Caller<Duration> first = Caller.of(() -> {
            long start = System.nanoTime();
            assertThat(locks.lock("a").tryAcquire(Duration.ofSeconds(2))).isNull();
            return Duration.ofNanos(System.nanoTime() - start);
        });
        first.inTheKernel();
        Caller<Boolean> second = acquirer();
        assertThat(first.outcome()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(10));
        other.ask("release a");
        assertThat(second.outcome()).isTrue();
    }

    @Test
    void close_endsTheWait_andAnotherClientsWaiterGoesOn() throws Exception {
        Holdfast closed = clients.client();
        Caller<Boolean> first = acquirer(closed).inTheKernel();
        Caller<Boolean> second = acquirer();
        closed.close();
        assertThatThrownBy(first::outcome).hasCauseInstanceOf(ClientClosedException.class);
        other.ask("release a");
        assertThat(second.outcome()).isTrue();
    }

    @Test
    void maxHold_endsALeaseThatWasGrantedInTheKernel() throws Exception {
        LockOptions options = LockOptions.defaults().withMaxHold(Duration.ofMillis(200));
        Caller<Boolean> first = Caller.of(() -> {
            Lease lease = locks.lock("a", options).acquire(LONG);
            await().atMost(PATIENCE).until(() -> !lease.isHeld());
            return lease.whenLost().toCompletableFuture().isDone();
        });
        first.inTheKernel();
        other.ask("release a");
        first.outcome();
        await("the lock is given back").atMost(PATIENCE).until(() -> !isBusy(locks, "a"));
    }

    @Test
    void callersThatComeAndGoAtRandom_neverLeaveTheLockBehind() throws Exception {
        Random random = new Random(42);
        List<Holdfast> users = List.of(locks, clients.client());
        for (int round = 0; round < 100; round++) {
            List<Caller<Boolean>> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Holdfast user = users.get(random.nextInt(2));
                Duration patience = Duration.ofMillis(random.nextInt(6));
                callers.add(Caller.of(() -> {
                    try (Lease lease = user.lock("a").tryAcquire(patience)) {
                        return lease != null;
                    } catch (InterruptedException e) {
                        return false;
                    }
                }));
            }
            callers.get(random.nextInt(4)).thread.interrupt();
            if (round % 2 == 0) {
                other.ask("release a");
            }
            for (Caller<Boolean> caller : callers) {
                caller.outcome();
            }
            if (round % 2 == 0) {
                try (Lease lease = locks.lock("a").acquire(LONG)) {
                    assertThat(lease.isHeld()).isTrue();
                }
                assertThat(other.ask("try a")).containsOnlyDigits();
            }
        }
        other.ask("release a");
        assertThat(acquirer().outcome()).isTrue();
    }
}
