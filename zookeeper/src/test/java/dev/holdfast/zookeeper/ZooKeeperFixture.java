// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.testkit.servers.ServerGroup;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.testkit.servers.ZooKeeperEnsemble;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;

/** A path of its own for one test, with a proxy before each server for each client. */
final class ZooKeeperFixture implements StoreFixture {
    private static final Duration SHORTEST = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    /** Ticks that are short, so that sessions may be; and no waiting for the disk, which no test takes the power from. */
    static final String[] SETTINGS = {"tickTime=200", "forceSync=no"};

    /** The same, with sessions as long as a case asks for; of the others none is longer than twenty ticks. */
    static final String[] LONG_SESSIONS = {"tickTime=200", "forceSync=no", "maxSessionTimeout=" + LONGEST.toMillis()};

    private static final AtomicInteger PATHS = new AtomicInteger();

    private final String name;
    private final ServerGroup servers;
    private final List<InetSocketAddress> addresses;
    private final String path = "/test" + PATHS.incrementAndGet();
    private final Operator operator;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private ZooKeeperFixture(String name, ServerGroup servers) {
        this.name = name;
        this.servers = servers;
        addresses = servers.nodes().stream().map(ServerNode::socketAddress).toList();
        operator = new Operator(servers.uri().substring("zookeeper://".length()));
        // As after an earlier use: the first one takes one more exchange, and cases hold the first answer back.
        operator.create(path);
        operator.create(path + "/job", CreateMode.CONTAINER);
    }

    static ZooKeeperFixture ofOne(ZooKeeperServer server) {
        return new ZooKeeperFixture("zookeeper", server);
    }

    static ZooKeeperFixture ofThree(ZooKeeperEnsemble ensemble) {
        return new ZooKeeperFixture("zookeeper, three servers", ensemble);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int many() {
        return name.contains("three") ? 2_000 : 5_000;
    }

    @Override
    public Map<Capability, String> lacks() {
        Map<Capability, String> lacks = new EnumMap<>(Capability.class);
        lacks.put(Capability.LEASES, "A lock ends with its client's session.");
        lacks.put(
                Capability.DUPLICATE,
                "A session's requests come over one connection, which repeats nothing; after it the client looks for its node"
                        + " before it asks again.");
        lacks.put(
                Capability.RESTART_EMPTY,
                "Tokens are numbers of transactions, which begin again when all servers lose their data.");
        if (addresses.size() > 1) {
            lacks.put(Capability.MANY_LEASES, "Tried on one server, where it takes less time.");
        }
        return lacks;
    }

    @Override
    public StoreLink connect() {
        return connect(SHORTEST);
    }

    /** What is shorter or longer than a session may be is what a lock asks for, in a session that is not. */
    @Override
    public StoreLink connect(Duration leaseTime) {
        boolean possible = leaseTime.compareTo(SHORTEST) >= 0 && leaseTime.compareTo(LONGEST) <= 0;
        ZooKeeperLink link = new ZooKeeperLink(addresses, path + parameters(possible ? leaseTime : SHORTEST));
        opened.push(link);
        return link;
    }

    @Override
    public String uri() {
        return servers.uri() + path + parameters(SHORTEST);
    }

    private static String parameters(Duration leaseTime) {
        return "?lease-time=" + leaseTime.toMillis() + "ms&tick=200ms";
    }

    @Override
    public Duration leaseTime() {
        return SHORTEST;
    }

    /** ZooKeeper's client waits up to a second, at random, before it connects again. */
    @Override
    public Duration callTimeout() {
        return Duration.ofSeconds(2);
    }

    private String nodeOf(String lockName) {
        return path + "/" + ZooKeeperBackend.keys(false).keyOf(lockName);
    }

    @Override
    public Set<String> residue() {
        return operator.contenders(path);
    }

    @Override
    public void remove(String lockName) {
        operator.contenders(nodeOf(lockName)).forEach(operator::delete);
    }

    @Override
    public void purge(String lockName) {
        operator.delete(nodeOf(lockName));
    }

    @Override
    public void restart(boolean keepData) {
        servers.restart(servers.nodes());
    }

    @Override
    public void spoil(String lockName) {
        operator.create(path);
        operator.create(nodeOf(lockName));
        operator.create(nodeOf(lockName) + "/not-a-lock");
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        operator.deleteAll(path);
        operator.close();
    }
}
