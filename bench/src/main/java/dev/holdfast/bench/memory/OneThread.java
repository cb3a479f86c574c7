// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.memory;

import dev.holdfast.DistributedLock;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
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
import org.openjdk.jmh.infra.Blackhole;

/** One thread takes and releases a lock that nobody else wants: the price of the engine's own work. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OneThread {
    private final ReentrantLock jdk = new ReentrantLock();
    private final Holdfast locks = Holdfast.open("memory:");
    private final DistributedLock lock = locks.lock("bench");

    /** Disconnects. */
    @TearDown(Level.Trial)
    public void close() {
        locks.close();
    }

    /**
     * The JDK.
     *
     * @param hole keeps the critical section from vanishing
     */
    @Benchmark
    public void reentrantLock(Blackhole hole) {
        jdk.lock();
        try {
            hole.consume(jdk);
        } finally {
            jdk.unlock();
        }
    }

    /**
     * This project.
     *
     * @param hole keeps the critical section from vanishing
     * @throws InterruptedException never
     */
    @Benchmark
    public void holdfast(Blackhole hole) throws InterruptedException {
        try (Lease lease = lock.acquire()) {
            hole.consume(lease);
        }
    }
}
