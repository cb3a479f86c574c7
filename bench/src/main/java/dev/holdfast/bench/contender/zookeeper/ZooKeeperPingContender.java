// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.zookeeper;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.io.IOException;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;

/** No lock: a small read for the acquisition and one for the release, which is the floor for every lock of two round trips on ZooKeeper. */
public final class ZooKeeperPingContender extends ZooKeeperContender {
    private static final int SESSION_MILLIS = 30_000;

    /** For the ServiceLoader. */
    public ZooKeeperPingContender() {
        super("zookeeper-ping", "no lock but two small reads, through the driver that this project uses");
    }

    @Override
    public boolean excludesProcesses(String place) {
        return false;
    }

    @Override
    public boolean excludesThreads() {
        return false;
    }

    @Override
    public Session open(String place) throws IOException {
        ZooKeeper client = new ZooKeeper(address(place), SESSION_MILLIS, event -> {});
        return new Session() {
            @Override
            public Held acquire(String name) throws KeeperException, InterruptedException {
                client.exists("/", false);
                return () -> client.exists("/", false);
            }

            @Override
            public void close() throws IOException {
                try {
                    client.close();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted while it closed", e);
                }
            }
        };
    }
}
