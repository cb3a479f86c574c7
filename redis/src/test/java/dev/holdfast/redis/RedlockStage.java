// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.Holdfast;
import dev.holdfast.testkit.proxy.FaultProxy;
import dev.holdfast.testkit.proxy.FrameCounter;
import dev.holdfast.testkit.servers.RedisNodes;
import dev.holdfast.testkit.servers.ServerNode;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Clients on five Redis servers, proxies between them, and what an operator sees on each server. */
final class RedlockStage implements AutoCloseable {
    /** The servers write what they do to a file, so this is true of them unless they are restarted empty. */
    static final String DURABLE = "assume=durable";

    private final RedisNodes nodes;
    private final RedisClient admin = RedisClient.create();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    RedlockStage(RedisNodes nodes) {
        this.nodes = nodes;
        for (int i = 0; i < nodes.nodes().size(); i++) {
            if (!node(i).isRunning()) {
                node(i).restart();
            }
            on(i, RedisCommands::flushall);
        }
    }

    ServerNode node(int index) {
        return nodes.nodes().get(index);
    }

    /** What an operator does on one server. */
    <T> T on(int index, Function<RedisCommands<String, String>, T> action) {
        try (StatefulRedisConnection<String, String> connection = admin.connect(
                io.lettuce.core.RedisURI.create("redis://" + node(index).address()))) {
            return action.apply(connection.sync());
        }
    }

    /** What stands under a key on each server, or "" for nothing. */
    List<String> values(String key) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < nodes.nodes().size(); i++) {
            String value = on(i, server -> server.get(key));
            values.add(value == null ? "" : value);
        }
        return values;
    }

    /** On how many servers something stands under a key. */
    long standing(String key) {
        return values(key).stream().filter(value -> !value.isEmpty()).count();
    }

    Holdfast client(String parameters) {
        return opened(Holdfast.open(nodes.uri() + "?" + parameters));
    }

    /** One proxy for each server. */
    List<FaultProxy> proxies() {
        List<FaultProxy> proxies = new ArrayList<>();
        for (ServerNode node : nodes.nodes()) {
            proxies.add(opened(FaultProxy.start(node.socketAddress(), FrameCounter::resp)));
        }
        return proxies;
    }

    Holdfast clientBehind(List<FaultProxy> proxies, String parameters) {
        String hosts =
                proxies.stream().map(proxy -> "127.0.0.1:" + proxy.port()).collect(Collectors.joining(","));
        return opened(Holdfast.open("redlock://" + hosts + "?" + parameters));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    @Override
    public void close() throws Exception {
        nodes.nodes().stream().filter(ServerNode::isRunning).forEach(ServerNode::resume);
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        admin.shutdown();
    }
}
