// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender;

import dev.holdfast.load.contender.Contender;
import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** What most programs do when a file lock refuses their second thread: a lock of the JVM in front of it. */
public final class ThreadsFirstContender implements Contender {
    private final Contender behind = new FileLockContender();

    @Override
    public String id() {
        return "filelock-jvm";
    }

    @Override
    public String summary() {
        return "a ReentrantLock in front of filelock, so that the threads of a process may share a name";
    }

    @Override
    public String defaultPlace() {
        return behind.defaultPlace();
    }

    @Override
    public boolean excludesProcesses(String place) {
        return true;
    }

    @Override
    public Session open(String place) throws Exception {
        return new Both(behind.open(place), new ConcurrentHashMap<>());
    }

    private record Both(Session behind, Map<String, ReentrantLock> inFront) implements Session {
        @Override
        public Held acquire(String name) throws Exception {
            ReentrantLock lock = inFront.computeIfAbsent(name, absent -> new ReentrantLock());
            lock.lockInterruptibly();
            Held held;
            try {
                held = behind.acquire(name);
            } catch (Exception e) {
                lock.unlock();
                throw e;
            }
            return () -> {
                try {
                    held.release();
                } finally {
                    lock.unlock();
                }
            };
        }

        @Override
        public void close() throws IOException {
            behind.close();
        }
    }
}
