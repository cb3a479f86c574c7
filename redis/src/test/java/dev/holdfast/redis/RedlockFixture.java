// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.spi.LockBackend;
import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.testkit.proxy.FaultProxy;
import dev.holdfast.testkit.proxy.FrameCounter;
import dev.holdfast.testkit.servers.RedisNodes;
import dev.holdfast.testkit.servers.ServerNode;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Five Redis servers for one test: emptied at the start, with a proxy before each of them for each client. A fault of a client's link
 * is one on its ways to all five. The servers write what they do to a file, so the tests may vouch that they forget nothing.
 */
final class RedlockFixture implements StoreFixture {
    private static final String PARAMETERS = "?assume=durable";

    private final RedisNodes nodes;
    private final List<RedisClient> admins = new ArrayList<>();
    private final List<RedisCommands<String, String>> commands = new ArrayList<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    RedlockFixture(RedisNodes nodes) {
        this.nodes = nodes;
        for (ServerNode node : nodes.nodes()) {
            RedisClient admin = RedisClient.create("redis://" + node.address());
            admins.add(admin);
            commands.add(admin.connect().sync());
        }
        onAll(RedisCommands::flushall);
    }

    private void onAll(Consumer<RedisCommands<String, String>> action) {
        commands.forEach(action);
    }

    @Override
    public String name() {
        return "redlock";
    }

    @Override
    public Map<Capability, String> lacks() {
        Map<Capability, String> lacks = new EnumMap<>(Capability.class);
        lacks.put(Capability.SESSION_END, "Each lock has a lease of its own; there are no sessions.");
        lacks.put(Capability.LINE, "Lines on several servers would pass a lock on to different clients.");
        lacks.put(Capability.DEMAND, "There is no line that could tell of a rival.");
        lacks.put(Capability.LOST_PUSH, "The servers push nothing.");
        return lacks;
    }

    @Override
    public StoreLink connect() {
        Link link = new Link(nodes);
        opened.push(link);
        return link;
    }

    @Override
    public String uri() {
        return nodes.uri() + PARAMETERS + "&lease-time=2s";
    }

    @Override
    public Set<String> residue() {
        Set<String> residue = new TreeSet<>();
        for (int i = 0; i < commands.size(); i++) {
            for (String key : commands.get(i).keys("*")) {
                if (!key.startsWith("hf~f")) {
                    residue.add(key + " is held on server " + i);
                }
            }
        }
        return residue;
    }

    @Override
    public void remove(String lockName) {
        onAll(server -> server.del(KeyLayout.lockKey(lockName)));
    }

    @Override
    public void purge(String lockName) {
        onAll(server -> server.del(KeyLayout.of(lockName).fence()));
    }

    @Override
    public void restart(boolean keepData) {
        // All at once: one after the other would be told again what they forgot.
        nodes.nodes().forEach(ServerNode::stop);
        nodes.nodes().forEach(keepData ? ServerNode::restart : ServerNode::restartEmpty);
    }

    @Override
    public void spoil(String lockName) {
        remove(lockName);
        onAll(server -> server.lpush(KeyLayout.lockKey(lockName), "no lock"));
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        admins.forEach(RedisClient::shutdown);
    }

    private static final class Link implements StoreLink, AutoCloseable {
        private final List<FaultProxy> proxies = new ArrayList<>();
        private final List<FrameGate> gates = new ArrayList<>();
        private final LockBackend backend;

        Link(RedisNodes nodes) {
            List<Integer> ports = new ArrayList<>();
            for (ServerNode node : nodes.nodes()) {
                FaultProxy proxy = FaultProxy.start(node.socketAddress(), FrameCounter::resp);
                proxies.add(proxy);
                FrameGate gate = new FrameGate();
                gates.add(gate);
                ports.add(gate.portTo(proxy.address()));
            }
            String hosts = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
            backend = closing(RedlockBackend.of("redlock://" + hosts + PARAMETERS));
        }

        /** The proxies have threads, which end with the client: a case may count threads. */
        private LockBackend closing(LockBackend real) {
            return (LockBackend) Proxy.newProxyInstance(
                    LockBackend.class.getClassLoader(),
                    new Class<?>[] {LockBackend.class},
                    (self, method, arguments) -> {
                        try {
                            return method.invoke(real, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        } finally {
                            if (method.getName().equals("close")) {
                                close();
                            }
                        }
                    });
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
}
