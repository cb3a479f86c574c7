// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender;

import dev.holdfast.load.contender.Contender;
import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** The lock of the JDK, for the threads of one process. */
public final class ReentrantLockContender implements Contender {
    private static final String FAIR = "fair";
    private static final String UNFAIR = "unfair";

    @Override
    public String id() {
        return "reentrantlock";
    }

    @Override
    public String summary() {
        return "the JDK's ReentrantLock, reentrantlock@fair or reentrantlock@unfair; one process";
    }

    @Override
    public String defaultPlace() {
        return UNFAIR;
    }

    @Override
    public boolean excludesProcesses(String place) {
        return false;
    }

    @Override
    public Session open(String place) {
        if (!place.equals(FAIR) && !place.equals(UNFAIR)) {
            throw new IllegalArgumentException("reentrantlock is @fair or @unfair, not @" + place);
        }
        return new Locks(place.equals(FAIR), new ConcurrentHashMap<>());
    }

    private record Locks(boolean fair, Map<String, ReentrantLock> locks) implements Session {
        @Override
        public Held acquire(String name) throws InterruptedException {
            ReentrantLock lock = locks.computeIfAbsent(name, absent -> new ReentrantLock(fair));
            lock.lockInterruptibly();
            return lock::unlock;
        }

        @Override
        public void close() {}
    }
}
