// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A Redis Cluster of six: first three masters with a third of the slots each, then a replica of each in the same order. A node is
 * considered dead after 2 s of silence, and its replica takes over. Redis 7 or later. Variable: {@code
 * HOLDFAST_TEST_REDIS_CLUSTER=redis-cluster://h1:6379,h2:6379,...}.
 */
public final class RedisCluster extends ServerGroup {
    private static final String VARIABLE = "HOLDFAST_TEST_REDIS_CLUSTER";
    private static final int MASTERS = 3;
    private static final int NODES = 2 * MASTERS;
    private static final int SLOTS = 16_384;

    private RedisCluster(List<String> options) {
        super(Product.REDIS, VARIABLE, () -> programs(options));
    }

    /**
     * Starts it, or finds the one in the environment.
     *
     * @param options of the command line of each node, for example {@code "--cluster-node-timeout", "5000"}
     * @return a cluster that serves all slots, with replicas that are up to date
     * @throws ServerFailedException if Redis is not installed or does not start
     */
    public static RedisCluster start(String... options) {
        RedisCluster cluster = new RedisCluster(List.of(options));
        if (cluster.isOurs()) {
            cluster.form(RedisCluster::join);
        }
        return cluster;
    }

    @Override
    String uriOfNodes() {
        return "redis-cluster://" + addresses(nodes());
    }

    private static List<ServerProgram> programs(List<String> options) {
        int[] ports = LoopbackPorts.free(2 * NODES);
        List<ServerProgram> programs = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            List<String> line = new ArrayList<>(List.of("--cluster-enabled", "yes"));
            line.addAll(List.of("--cluster-port", Integer.toString(ports[NODES + i])));
            line.addAll(List.of("--cluster-node-timeout", "2000", "--repl-diskless-sync-delay", "0"));
            line.addAll(options);
            programs.add(new RedisProgram(ports[i], VARIABLE, line));
        }
        return programs;
    }

    private static void join(List<ServerNode> nodes) throws IOException {
        for (int i = 0; i < MASTERS; i++) {
            String first = Integer.toString(SLOTS * i / MASTERS);
            String last = Integer.toString(SLOTS * (i + 1) / MASTERS - 1);
            RedisWire.ask(nodes.get(i).port(), "CLUSTER", "ADDSLOTSRANGE", first, last);
        }
        for (int i = 0; i < NODES; i++) {
            RedisWire.ask(nodes.get(i).port(), "CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
        }
        // All pairs: they would find each other by gossip too, but later.
        for (int i = 0; i < NODES; i++) {
            for (int j = i + 1; j < NODES; j++) {
                meet(nodes.get(i), nodes.get(j));
            }
        }
        await(nodes, RedisCluster::knowsAll, "to know each other");
        for (int i = MASTERS; i < NODES; i++) {
            String master = RedisWire.ask(nodes.get(i - MASTERS).port(), "CLUSTER", "MYID");
            RedisWire.ask(nodes.get(i).port(), "CLUSTER", "REPLICATE", master);
        }
        await(nodes, RedisCluster::isReady, "to serve");
        await(nodes.subList(MASTERS, NODES), RedisCluster::isUpToDate, "to replicate");
    }

    private static void meet(ServerNode one, ServerNode other) throws IOException {
        String busPort = RedisWire.ask(other.port(), "CONFIG", "GET", "cluster-port")
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow();
        RedisWire.ask(one.port(), "CLUSTER", "MEET", "127.0.0.1", Integer.toString(other.port()), busPort);
    }

    private static boolean knowsAll(ServerNode node) throws IOException {
        String known = RedisWire.ask(node.port(), "CLUSTER", "NODES");
        return known.lines().count() == NODES && !known.contains("handshake");
    }

    private static boolean isReady(ServerNode node) throws IOException {
        String known = RedisWire.ask(node.port(), "CLUSTER", "NODES");
        return RedisWire.ask(node.port(), "CLUSTER", "INFO").contains("cluster_state:ok")
                && known.lines().filter(line -> line.contains("slave ")).count() == MASTERS;
    }

    private static boolean isUpToDate(ServerNode replica) throws IOException {
        return RedisWire.ask(replica.port(), "INFO", "replication").contains("master_link_status:up");
    }
}
