// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.trials.loopback.LoopbackPorts;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import dev.holdfast.trials.proxy.FrameGate;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** One client's way to Redis: proxies before every node that it connects to. */
final class RedisLink implements StoreLink, AutoCloseable {
    private final FrameGate gate = new FrameGate(FrameCounter::resp, RedisDialogue::new);
    private final Map<Integer, FaultProxy> proxies = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> gates = new ConcurrentHashMap<>();
    private final LockBackend backend;
    private volatile boolean silent;
    private volatile boolean stalled;

    RedisLink(String uri) {
        backend = closing(new RedisBackend(RedisOptions.of(BackendUri.parse(uri)), this::route), this::close);
    }

    private InetSocketAddress route(InetSocketAddress node) {
        int port = gates.computeIfAbsent(node.getPort(), real -> {
            FaultProxy proxy = FaultProxy.start(LoopbackPorts.address(real), FrameCounter::resp);
            proxies.put(real, proxy);
            if (silent) {
                silence(proxy);
            } else if (stalled) {
                proxy.replies().stall();
            }
            return gate.portTo(proxy.address());
        });
        return InetSocketAddress.createUnresolved("127.0.0.1", port);
    }

    /** The proxies have threads, which end with the client: a case may count threads. */
    static LockBackend closing(LockBackend real, Runnable link) {
        return (LockBackend) Proxy.newProxyInstance(
                LockBackend.class.getClassLoader(), new Class<?>[] {LockBackend.class}, (self, method, arguments) -> {
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (method.getName().equals("close")) {
                            link.run();
                        }
                    }
                });
    }

    private void all(Consumer<FaultProxy> fault) {
        proxies.values().forEach(fault);
    }

    private static void silence(FaultProxy proxy) {
        proxy.requests().blackHole();
        proxy.replies().blackHole();
    }

    @Override
    public LockBackend backend() {
        return backend;
    }

    @Override
    public void silence() {
        silent = true;
        all(RedisLink::silence);
    }

    @Override
    public void stall() {
        stalled = true;
        all(proxy -> proxy.replies().stall());
    }

    @Override
    public void heal() {
        silent = false;
        stalled = false;
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
    public void duplicateNextRequest() {
        gate.doubleNext();
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
    public void close() {
        gate.close();
        all(FaultProxy::close);
    }
}
