// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A master of Redis, its replica, and then three sentinels, which call the master {@value #MASTER_NAME}. They consider it dead after 2 s
 * of silence, and make the replica the master. Variable: {@code
 * HOLDFAST_TEST_REDIS_SENTINEL=redis-sentinel://s1:26379,s2:26379,s3:26379/mymaster}.
 */
public final class RedisSentinel extends ServerGroup {
    /** What the sentinels call the master. */
    public static final String MASTER_NAME = "mymaster";

    private static final String VARIABLE = "HOLDFAST_TEST_REDIS_SENTINEL";
    private static final int SENTINELS = 3;
    private static final int SERVERS = 2;

    private RedisSentinel(List<String> options) {
        super(Product.REDIS, VARIABLE, () -> programs(options));
    }

    /**
     * Starts it, or finds the one in the environment.
     *
     * @param options of the command line of master and replica
     * @return a master with a replica that is up to date, watched by sentinels that know each other
     * @throws ServerFailedException if Redis is not installed or does not start
     */
    public static RedisSentinel start(String... options) {
        RedisSentinel sentinel = new RedisSentinel(List.of(options));
        if (sentinel.isOurs()) {
            sentinel.form(RedisSentinel::join);
        }
        return sentinel;
    }

    /**
     * The server that was the master at first.
     *
     * @return the first of {@link #nodes()}
     */
    public ServerNode firstMaster() {
        return nodes().get(0);
    }

    /**
     * The server that was the replica at first.
     *
     * @return the second of {@link #nodes()}
     */
    public ServerNode firstReplica() {
        return nodes().get(1);
    }

    /**
     * The sentinels.
     *
     * @return the other three of {@link #nodes()}
     */
    public List<ServerNode> sentinels() {
        return nodes().subList(SERVERS, SERVERS + SENTINELS);
    }

    @Override
    String uriOfNodes() {
        return "redis-sentinel://" + addresses(sentinels()) + "/" + MASTER_NAME;
    }

    private static List<ServerProgram> programs(List<String> options) {
        int[] ports = LoopbackPorts.free(SERVERS + SENTINELS);
        List<String> replica = new ArrayList<>(List.of("--replicaof", "127.0.0.1 " + ports[0]));
        replica.addAll(options);
        List<String> master = new ArrayList<>(List.of("--repl-diskless-sync-delay", "0"));
        master.addAll(options);
        List<ServerProgram> programs = new ArrayList<>();
        programs.add(new RedisProgram(ports[0], VARIABLE, master));
        programs.add(new RedisProgram(ports[1], VARIABLE, replica));
        for (int i = SERVERS; i < SERVERS + SENTINELS; i++) {
            programs.add(new Program(i, Arrays.stream(ports).boxed().toList()));
        }
        return programs;
    }

    private static void join(List<ServerNode> nodes) throws IOException {
        await(nodes.subList(SERVERS, nodes.size()), RedisSentinel::seesAll, "to see each other");
    }

    private static boolean seesAll(ServerNode sentinel) throws IOException {
        String master = RedisWire.ask(sentinel.port(), "SENTINEL", "MASTER", MASTER_NAME);
        String replica = RedisWire.ask(sentinel.port(), "SENTINEL", "REPLICAS", MASTER_NAME);
        String others = RedisWire.ask(sentinel.port(), "SENTINEL", "SENTINELS", MASTER_NAME);
        return master.contains("\nflags\nmaster\n")
                && replica.contains("\nflags\nslave\n")
                && replica.contains("\nmaster-link-status\nok\n")
                && others.split("\nflags\nsentinel\n", -1).length == SENTINELS;
    }

    /**
     * A sentinel that knows the replica and the others from the start: to find them by itself takes it ten seconds, because it asks no more often
     * who replicates.
     *
     * @param index its place among all nodes
     * @param ports of all nodes
     */
    private record Program(int index, List<Integer> ports) implements ServerProgram {
        @Override
        public int port() {
            return ports.get(index);
        }

        private static String id(int port) {
            return String.format("%040x", port);
        }

        @Override
        public Product product() {
            return Product.REDIS;
        }

        /** A sentinel writes what it learns into its configuration. */
        @Override
        public void prepare(Path data) throws IOException {
            List<String> lines = new ArrayList<>(List.of(
                    "bind 127.0.0.1",
                    "port " + port(),
                    "dir " + data,
                    "sentinel myid " + id(port()),
                    "sentinel monitor " + MASTER_NAME + " 127.0.0.1 " + ports.get(0) + " 2",
                    "sentinel down-after-milliseconds " + MASTER_NAME + " 2000",
                    "sentinel failover-timeout " + MASTER_NAME + " 10000",
                    "sentinel known-replica " + MASTER_NAME + " 127.0.0.1 " + ports.get(1)));
            for (int i = SERVERS; i < ports.size(); i++) {
                if (i != index) {
                    lines.add("sentinel known-sentinel " + MASTER_NAME + " 127.0.0.1 " + ports.get(i) + " "
                            + id(ports.get(i)));
                }
            }
            Files.write(data.resolve("sentinel.conf"), lines);
        }

        @Override
        public List<String> command(Path data) {
            return List.of(
                    RedisProgram.find(VARIABLE).toString(),
                    data.resolve("sentinel.conf").toString(),
                    "--sentinel");
        }

        @Override
        public boolean answers() throws IOException {
            return Exchange.firstAnswer(port(), "PING\r\n").startsWith("+PONG");
        }
    }
}
