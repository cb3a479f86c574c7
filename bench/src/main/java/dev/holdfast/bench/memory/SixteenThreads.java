// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.memory;

import dev.holdfast.DistributedLock;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.Ordering;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.infra.Blackhole;

/** Sixteen threads want one lock, and do nothing with it: how fast it goes round. */
@State(Scope.Benchmark)
@Threads(16)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SixteenThreads {
    private final ReentrantLock unfair = new ReentrantLock();
    private final ReentrantLock fair = new ReentrantLock(true);
    private final Holdfast locks = Holdfast.open("memory:");
    private final DistributedLock throughput = locks.lock("bench");
    private final DistributedLock arrival =
            locks.lock("bench-arrival", LockOptions.defaults().withOrdering(Ordering.ARRIVAL));

    /** Disconnects. */
    @TearDown(Level.Trial)
    public void close() {
        locks.close();
    }

    /**
     * The JDK, in the order of arrival.
     *
     * @param hole keeps the critical section from vanishing
     */
    @Benchmark
    public void fairReentrantLock(Blackhole hole) {
        use(fair, hole);
    }

    /**
     * The JDK, in whatever order.
     *
     * @param hole keeps the critical section from vanishing
     */
    @Benchmark
    public void reentrantLock(Blackhole hole) {
        use(unfair, hole);
    }

    /**
     * This project with its default ordering.
     *
     * @param hole keeps the critical section from vanishing
     * @throws InterruptedException never
     */
    @Benchmark
    public void holdfast(Blackhole hole) throws InterruptedException {
        use(throughput, hole);
    }

    /**
     * This project in the order of arrival.
     *
     * @param hole keeps the critical section from vanishing
     * @throws InterruptedException never
     */
    @Benchmark
    public void holdfastArrival(Blackhole hole) throws InterruptedException {
        use(arrival, hole);
    }

    private static void use(ReentrantLock lock, Blackhole hole) {
        lock.lock();
        try {
            hole.consume(lock);
        } finally {
            lock.unlock();
        }
    }

    private static void use(DistributedLock lock, Blackhole hole) throws InterruptedException {
        try (Lease lease = lock.acquire()) {
            hole.consume(lease);
        }
    }
}
