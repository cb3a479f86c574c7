// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.trials.loopback.LoopbackPorts;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** One client's way to etcd: a proxy before every member. */
final class EtcdLink implements StoreLink, AutoCloseable {
    private final CallGate gate = new CallGate();
    private final Map<Integer, FaultProxy> proxies = new ConcurrentHashMap<>();
    private final EtcdBackend real;
    private final LockBackend backend;
    private volatile boolean silent;
    private volatile boolean stalled;

    /**
     * A link whose client has the lease for one lease time already, as one that has been at work for a while: some cases look at the first
     * request about a lock when no answer comes through, and the grant of the lease would be before that.
     */
    EtcdLink(String uri, Duration leaseTime) {
        real = new EtcdBackend(EtcdOptions.of(BackendUri.parse(uri)), this::route, List.of(gate));
        backend = (LockBackend) Proxy.newProxyInstance(
                LockBackend.class.getClassLoader(),
                new Class<?>[] {LockBackend.class},
                (self, method, arguments) -> call(method, arguments, leaseTime));
    }

    private InetSocketAddress route(InetSocketAddress member) {
        FaultProxy used = proxies.computeIfAbsent(member.getPort(), real -> {
            FaultProxy proxy = FaultProxy.start(LoopbackPorts.address(real), FrameCounter::chunks);
            if (silent) {
                silence(proxy);
            } else if (stalled) {
                proxy.replies().stall();
            }
            return proxy;
        });
        return InetSocketAddress.createUnresolved("127.0.0.1", used.port());
    }

    private Object call(Method method, Object[] arguments, Duration leaseTime) throws Throwable {
        try {
            Object result = method.invoke(real, arguments);
            if (method.getName().equals("open")) {
                real.prepare(leaseTime);
            }
            return result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            // The proxies have threads, which end with the client: a case may count threads.
            if (method.getName().equals("close")) {
                close();
            }
        }
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
        all(EtcdLink::silence);
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
