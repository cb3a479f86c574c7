// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.spi.LockBackend;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import dev.holdfast.trials.proxy.FrameGate;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.zookeeper.ZooKeeper;

/** One client's way to ZooKeeper: a proxy before every server. */
final class ZooKeeperLink implements StoreLink, AutoCloseable {
    private final FrameGate gate = new FrameGate(FrameCounter::lengthPrefixed, ZooKeeperDialogue::new);
    private final List<FaultProxy> proxies = new ArrayList<>();
    private final String servers;
    private final ZooKeeperBackend real;
    private final LockBackend backend;

    /** The rest of the URI is what stands behind the addresses. */
    ZooKeeperLink(List<InetSocketAddress> nodes, String restOfUri) {
        servers = nodes.stream().map(node -> "127.0.0.1:" + node.getPort()).collect(Collectors.joining(","));
        String gates = nodes.stream()
                .map(node -> {
                    FaultProxy proxy = FaultProxy.start(node, FrameCounter::lengthPrefixed);
                    proxies.add(proxy);
                    return "127.0.0.1:" + gate.portTo(proxy.address());
                })
                .collect(Collectors.joining(","));
        real = ZooKeeperBackend.of("zookeeper://" + gates + restOfUri);
        backend = closing(real);
    }

    /** The proxies have threads, which end with the client: a case may count threads. */
    private LockBackend closing(LockBackend closed) {
        return (LockBackend) Proxy.newProxyInstance(
                LockBackend.class.getClassLoader(), new Class<?>[] {LockBackend.class}, (self, method, arguments) -> {
                    try {
                        return method.invoke(closed, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (method.getName().equals("close")) {
                            close();
                        }
                    }
                });
    }

    private void all(Consumer<FaultProxy> fault) {
        proxies.forEach(fault);
    }

    @Override
    public LockBackend backend() {
        return backend;
    }

    @Override
    public void silence() {
        all(proxy -> {
            proxy.requests().blackHole();
            proxy.replies().blackHole();
        });
    }

    @Override
    public void stall() {
        all(proxy -> proxy.replies().stall());
    }

    @Override
    public void heal() {
        gate.dropPushes(false);
        all(FaultProxy::heal);
    }

    @Override
    public void loseNextReply() {
        gate.loseNext();
    }

    @Override
    public void holdNextRequest() {
        gate.holdNext();
    }

    @Override
    public void deliverHeldRequest() {
        gate.deliver();
    }

    @Override
    public void dropPushes() {
        gate.dropPushes(true);
    }

    @Override
    public long requests() {
        return gate.calls();
    }

    @Override
    public void endSession() {
        ZooKeeper session = real.session().server();
        Sessions.end(servers, session.getSessionId(), session.getSessionPasswd());
    }

    @Override
    public void close() {
        gate.close();
        all(FaultProxy::close);
    }
}
