// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.spi.LockBackend;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.testkit.servers.RedisNodes;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import dev.holdfast.trials.proxy.FrameGate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One client's way to five servers: a proxy before each. A fault of the link is one on its ways to all five. */
final class RedlockLink implements StoreLink, AutoCloseable {
    private final List<FaultProxy> proxies = new ArrayList<>();
    private final List<FrameGate> gates = new ArrayList<>();
    private final LockBackend backend;

    RedlockLink(RedisNodes nodes) {
        List<Integer> ports = new ArrayList<>();
        for (ServerNode node : nodes.nodes()) {
            FaultProxy proxy = FaultProxy.start(node.socketAddress(), FrameCounter::resp);
            proxies.add(proxy);
            FrameGate gate = new FrameGate(FrameCounter::resp, RedisDialogue::new);
            gates.add(gate);
            ports.add(gate.portTo(proxy.address()));
        }
        String hosts = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        backend = RedisLink.closing(RedlockBackend.of("redlock://" + hosts + "?" + RedlockStage.DURABLE), this::close);
    }

    @Override
    public LockBackend backend() {
        return backend;
    }

    @Override
    public void silence() {
        for (FaultProxy proxy : proxies) {
            proxy.requests().blackHole();
            proxy.replies().blackHole();
        }
    }

    @Override
    public void stall() {
        proxies.forEach(proxy -> proxy.replies().stall());
    }

    @Override
    public void heal() {
        proxies.forEach(FaultProxy::heal);
    }

    @Override
    public void loseNextReply() {
        proxies.forEach(proxy -> proxy.replies().cutBefore(1));
    }

    @Override
    public void holdNextRequest() {
        gates.forEach(FrameGate::holdNext);
    }

    @Override
    public void deliverHeldRequest() {
        gates.forEach(FrameGate::deliver);
    }

    @Override
    public void duplicateNextRequest() {
        gates.forEach(FrameGate::doubleNext);
    }

    @Override
    public long requests() {
        return gates.stream().mapToLong(FrameGate::calls).sum();
    }

    @Override
    public void close() {
        gates.forEach(FrameGate::close);
        proxies.forEach(FaultProxy::close);
    }
}
