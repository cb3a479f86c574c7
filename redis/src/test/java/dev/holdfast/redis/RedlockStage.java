// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.Holdfast;
import dev.holdfast.testkit.PatientCalls;
import dev.holdfast.testkit.servers.RedisNodes;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.trials.proxy.FaultProxy;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Clients on five Redis servers, proxies between them, and what an operator sees on each server, while others may be down. */
final class RedlockStage extends Stage {
    /** The servers write what they do to a file, so this is true of them unless they are restarted empty. */
    static final String DURABLE = "assume=durable";

    private final RedisNodes nodes;

    RedlockStage(RedisNodes nodes) {
        super(nodes.uri());
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
        return on(node(index), action);
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

    /** One proxy for each server. */
    List<FaultProxy> proxies() {
        List<FaultProxy> proxies = new ArrayList<>();
        for (ServerNode node : nodes.nodes()) {
            proxies.add(proxy(node.socketAddress()));
        }
        return proxies;
    }

    Holdfast clientBehind(List<FaultProxy> proxies, String parameters) {
        String hosts =
                proxies.stream().map(proxy -> "127.0.0.1:" + proxy.port()).collect(Collectors.joining(","));
        return opened(Holdfast.open("redlock://" + hosts + "?" + PatientCalls.in(parameters)));
    }

    @Override
    public void close() throws Exception {
        nodes.nodes().stream().filter(ServerNode::isRunning).forEach(ServerNode::resume);
        super.close();
    }
}
