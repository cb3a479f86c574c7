// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/** Somebody who looks at nodes and changes them by hand, with a session of his own. */
final class Operator implements AutoCloseable {
    private static final int TRIES = 60;

    private final String servers;
    private ZooKeeper session;

    Operator(String servers) {
        this.servers = servers;
        session = Sessions.begin(servers);
    }

    /** A request. */
    @FunctionalInterface
    interface Request<T> {
        T send(ZooKeeper session) throws KeeperException, InterruptedException;
    }

    /** Sends a request that may be sent twice, through whatever happens to the servers. */
    synchronized <T> T ask(Request<T> request) {
        for (int tries = 1; ; tries++) {
            try {
                return request.send(session);
            } catch (KeeperException.ConnectionLossException e) {
                if (tries == TRIES) {
                    throw new AssertionError(e);
                }
                pause();
            } catch (KeeperException.SessionExpiredException e) {
                session = Sessions.begin(servers);
            } catch (KeeperException e) {
                throw new AssertionError(e);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static void pause() throws AssertionError {
        java.util.concurrent.locks.LockSupport.parkNanos(100_000_000L);
    }

    /** As far as the operator's server knows after a sync; nothing if there is no such node. */
    List<String> children(String path) {
        return ask(session -> {
            session.sync(path);
            try {
                return session.getChildren(path, false);
            } catch (KeeperException.NoNodeException e) {
                return List.of();
            }
        });
    }

    /** All contenders under a path, however deep. */
    Set<String> contenders(String path) {
        Set<String> found = new TreeSet<>();
        for (String child : children(path)) {
            String node = path + "/" + child;
            if (Dialect.isContender(child)) {
                found.add(node);
            } else {
                found.addAll(contenders(node));
            }
        }
        return found;
    }

    void create(String path) {
        create(path, CreateMode.PERSISTENT);
    }

    String create(String path, CreateMode mode) {
        return ask(session -> {
            try {
                return session.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
            } catch (KeeperException.NodeExistsException e) {
                return path;
            }
        });
    }

    void delete(String path) {
        ask(session -> {
            try {
                session.delete(path, -1);
            } catch (KeeperException.NoNodeException | KeeperException.NotEmptyException e) {
                return false;
            }
            return true;
        });
    }

    void deleteAll(String path) {
        List<String> children = new ArrayList<>(children(path));
        children.forEach(child -> deleteAll(path + "/" + child));
        delete(path);
    }

    Stat stat(String path) {
        return ask(session -> session.exists(path, false));
    }

    ZooKeeper session() {
        return session;
    }

    @Override
    public void close() throws InterruptedException {
        session.close();
    }
}
