// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.zookeeper;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.ExponentialBackoffRetry;

/** Curator's reentrant mutex, with its own settings, on one ZooKeeper. */
public final class CuratorContender extends ZooKeeperContender {
    private static final int RETRY_MILLIS = 100;
    private static final int RETRIES = 3;

    /** For the ServiceLoader. */
    public CuratorContender() {
        super("curator", "Curator's InterProcessMutex");
    }

    @Override
    public Session open(String place) {
        CuratorFramework curator =
                CuratorFrameworkFactory.newClient(address(place), new ExponentialBackoffRetry(RETRY_MILLIS, RETRIES));
        curator.start();
        return new Client(curator, new ConcurrentHashMap<>());
    }

    private record Client(CuratorFramework curator, Map<String, InterProcessMutex> known) implements Session {
        @Override
        public Held acquire(String name) throws InterruptedException {
            InterProcessMutex mutex =
                    known.computeIfAbsent(name, path -> new InterProcessMutex(curator, "/curator/" + path));
            try {
                mutex.acquire();
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("Curator could not lock " + name, e);
            }
            return new HeldMutex(mutex);
        }

        @Override
        public void close() {
            curator.close();
        }
    }

    private record HeldMutex(InterProcessMutex mutex) implements Held {
        @Override
        public void release() {
            try {
                mutex.release();
            } catch (Exception e) {
                throw new IllegalStateException("Curator could not unlock", e);
            }
        }
    }
}
