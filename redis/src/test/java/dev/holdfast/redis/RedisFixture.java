// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.testkit.servers.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

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
        RedisLink link = new RedisLink(server.uri());
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
            describe(key, () -> commands.zrange(key, 0, -1), residue);
        }
        return residue;
    }

    /** What a key says of holders and waiters. */
    static void describe(String key, Supplier<List<String>> members, Set<String> residue) {
        if (key.startsWith("hf~q")) {
            members.get().forEach(place -> residue.add(key + " is waited for by " + place));
        } else if (!key.startsWith("hf~d") && !key.startsWith("hf~f")) {
            residue.add(key + " is held");
        }
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
}
