// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.testkit.servers.RedisCluster;
import dev.holdfast.testkit.servers.RedisSentinel;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Several Redis servers that are one store, for one test. */
final class GroupFixture implements StoreFixture {
    private final String name;
    private final String uri;
    private final AbstractRedisClient admin;
    private final RedisClusterCommands<String, String> commands;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private GroupFixture(
            String name, String uri, AbstractRedisClient admin, RedisClusterCommands<String, String> commands) {
        this.name = name;
        this.uri = uri;
        this.admin = admin;
        this.commands = commands;
        commands.flushall();
    }

    static GroupFixture of(RedisCluster cluster) {
        RedisClusterClient admin =
                RedisClusterClient.create("redis://" + cluster.nodes().get(0).address());
        return new GroupFixture(
                "redis, cluster", cluster.uri(), admin, admin.connect().sync());
    }

    static GroupFixture of(RedisSentinel sentinel) {
        RedisClient admin =
                RedisClient.create("redis://" + sentinel.firstMaster().address());
        return new GroupFixture(
                "redis, sentinel", sentinel.uri(), admin, admin.connect().sync());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<Capability, String> lacks() {
        Map<Capability, String> lacks = new EnumMap<>(Capability.class);
        lacks.put(Capability.SESSION_END, "Each lock has a lease of its own; there are no sessions.");
        lacks.put(Capability.RESTART, "What happens when nodes end and others take over has tests of its own.");
        lacks.put(Capability.RESTART_EMPTY, "What happens when nodes end and others take over has tests of its own.");
        return lacks;
    }

    @Override
    public StoreLink connect() {
        RedisLink link = new RedisLink(uri);
        opened.push(link);
        return link;
    }

    @Override
    public String uri() {
        return uri + "?lease-time=2s";
    }

    @Override
    public Set<String> residue() {
        Set<String> residue = new TreeSet<>();
        for (String key : commands.keys("*")) {
            RedisFixture.describe(key, () -> commands.zrange(key, 0, -1), residue);
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
