// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;

/** Sessions that tests begin and end by hand. */
final class Sessions {
    private static final int TIMEOUT = 4_000;
    private static final int PATIENCE = 20;

    private Sessions() {}

    /** A connected one. */
    static ZooKeeper begin(String servers) {
        CountDownLatch connected = new CountDownLatch(1);
        try {
            ZooKeeper session = new ZooKeeper(servers, TIMEOUT, connecting(connected));
            return await(session, connected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends somebody's session, as an operator can who knows its password. */
    static void end(String servers, long id, byte[] password) {
        try (ZooKeeper session = resume(servers, id, password)) {
            if (session.getSessionId() != id) {
                throw new AssertionError("the session was over");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Goes on with somebody's session, which ends when this is closed. */
    static ZooKeeper resume(String servers, ZooKeeper session) {
        return resume(servers, session.getSessionId(), session.getSessionPasswd());
    }

    private static ZooKeeper resume(String servers, long id, byte[] password) {
        CountDownLatch connected = new CountDownLatch(1);
        try {
            return await(new ZooKeeper(servers, TIMEOUT, connecting(connected), id, password), connected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Watcher connecting(CountDownLatch connected) {
        return event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        };
    }

    private static ZooKeeper await(ZooKeeper session, CountDownLatch connected) {
        try {
            if (!connected.await(PATIENCE, TimeUnit.SECONDS)) {
                session.close();
                throw new AssertionError("no session within " + PATIENCE + " s");
            }
            return session;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
