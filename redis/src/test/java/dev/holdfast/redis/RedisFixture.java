// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.spi.LockBackend;
import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.testkit.proxy.FaultProxy;
import dev.holdfast.testkit.proxy.FrameCounter;
import dev.holdfast.testkit.servers.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One Redis for one test: emptied at the start, with a proxy before each client. */
final class RedisFixture implements StoreFixture {
    private final RedisServer server;
    private final RedisClient admin;
    private final RedisCommands<String, String> commands;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    RedisFixture(RedisServer server) {
        this.server = server;
        admin = RedisClient.create(server.uri());
        commands = admin.connect().sync();
        commands.flushall();
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public Map<Capability, String> lacks() {
        Map<Capability, String> lacks = new EnumMap<>(Capability.class);
        lacks.put(Capability.SESSION_END, "Each lock has a lease of its own; there are no sessions.");
        return lacks;
    }

    @Override
    public StoreLink connect() {
        Link link = new Link(server);
        opened.push(link);
        return link;
    }

    @Override
    public String uri() {
        return server.uri() + "?lease-time=2s";
    }

    @Override
    public Set<String> residue() {
        Set<String> residue = new TreeSet<>();
        for (String key : commands.keys("*")) {
            if (key.startsWith("hf~q")) {
                commands.zrange(key, 0, -1).forEach(place -> residue.add(key + " is waited for by " + place));
            } else if (!key.startsWith("hf~d") && !key.startsWith("hf~f")) {
                residue.add(key + " is held");
            }
        }
        return residue;
    }

    @Override
    public void remove(String lockName) {
        commands.del(KeyLayout.lockKey(lockName));
    }

    @Override
    public void purge(String lockName) {
        commands.del(KeyLayout.of(lockName).fence());
    }

    @Override
    public void restart(boolean keepData) {
        if (keepData) {
            server.restart();
        } else {
            server.restartEmpty();
        }
    }

    @Override
    public void spoil(String lockName) {
        commands.del(KeyLayout.lockKey(lockName));
        commands.lpush(KeyLayout.lockKey(lockName), "no lock");
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        admin.shutdown();
    }

    private static final class Link implements StoreLink, AutoCloseable {
        private final FaultProxy proxy;
        private final FrameGate gate;
        private final LockBackend backend;

        Link(RedisServer server) {
            proxy = FaultProxy.start(server.socketAddress(), FrameCounter::resp);
            gate = new FrameGate(proxy.address());
            backend = closing(RedisBackend.of("redis://127.0.0.1:" + gate.port()));
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
            proxy.requests().blackHole();
            proxy.replies().blackHole();
        }

        @Override
        public void stall() {
            proxy.replies().stall();
        }

        @Override
        public void heal() {
            gate.dropPushes(false);
            proxy.heal();
        }

        @Override
        public void loseNextReply() {
            proxy.replies().cutBefore(1);
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
            proxy.close();
        }
    }
}
