// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

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

/** One client's way to memcached: a gate and a proxy before every server. */
final class MemcachedLink implements StoreLink, AutoCloseable {
    private final FrameGate gate = MemcachedDialogue.gate();
    private final Map<Integer, FaultProxy> proxies = new ConcurrentHashMap<>();
    private final LockBackend backend;

    MemcachedLink(String uri) {
        LockBackend real = new MemcachedBackend(MemcachedOptions.of(BackendUri.parse(uri)), this::route);
        backend = (LockBackend) Proxy.newProxyInstance(
                LockBackend.class.getClassLoader(), new Class<?>[] {LockBackend.class}, (self, method, arguments) -> {
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        // The proxies have threads, which end with the client: a case may count threads.
                        if (method.getName().equals("close")) {
                            close();
                        }
                    }
                });
    }

    /** Makes the servers appear as if they were older ones, without the meta commands. */
    MemcachedLink olderThanMeta() {
        gate.says(MemcachedDialogue.text(reply -> reply.startsWith("VERSION ") ? "VERSION 1.5.22\r\n" : reply));
        return this;
    }

    private InetSocketAddress route(InetSocketAddress server) {
        FaultProxy used = proxies.computeIfAbsent(
                server.getPort(), real -> FaultProxy.start(LoopbackPorts.address(real), FrameCounter::lines));
        return InetSocketAddress.createUnresolved("127.0.0.1", gate.portTo(used.address()));
    }

    private void all(Consumer<FaultProxy> fault) {
        proxies.values().forEach(fault);
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
    public long requests() {
        return gate.calls();
    }

    @Override
    public void close() {
        gate.close();
        all(FaultProxy::close);
    }
}
