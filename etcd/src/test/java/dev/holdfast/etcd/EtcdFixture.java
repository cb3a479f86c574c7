// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.testkit.servers.EtcdCluster;
import dev.holdfast.testkit.servers.EtcdServer;
import dev.holdfast.testkit.servers.ServerGroup;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** etcd for one test: emptied at the start, with a proxy between each client and each member. */
final class EtcdFixture implements StoreFixture {
    /** So that the shortest lease is one second, and not two. */
    static final String[] QUICK = {"--heartbeat-interval=10", "--election-timeout=100"};

    /** Three members on two cores must not take a pause for a dead leader. */
    static final String[] CALM = {"--heartbeat-interval=50", "--election-timeout=500"};

    private final String name;
    private final String uri;
    private final ServerGroup servers;
    private final Operator operator;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private EtcdFixture(String name, ServerGroup servers) {
        this.name = name;
        this.servers = servers;
        uri = servers.uri();
        operator = new Operator(uri);
        operator.delete("");
    }

    static EtcdFixture of(EtcdServer server) {
        return new EtcdFixture("etcd", server);
    }

    static EtcdFixture of(EtcdCluster cluster) {
        return new EtcdFixture("etcd, three members", cluster);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int many() {
        return name.contains("three") ? 2_000 : 10_000;
    }

    @Override
    public Map<Capability, String> lacks() {
        Map<Capability, String> lacks = new EnumMap<>(Capability.class);
        lacks.put(Capability.DEMAND, "A holder watches nothing, so that ten thousand held locks cost no watch.");
        lacks.put(Capability.SESSION_END, "To the engine each lock has a lease; a revoked one has a test of its own.");
        lacks.put(Capability.PURGE, "Nothing is kept about a lock that nobody holds.");
        lacks.put(Capability.RESTART_EMPTY, "An etcd without its data counts its revisions anew, and so do tokens.");
        if (servers instanceof EtcdCluster) {
            lacks.put(Capability.MANY_LEASES, "Three members share the disk and the two processors of one machine.");
        }
        return lacks;
    }

    /** Each change waits for the disk, and the disk of a busy machine takes its time. */
    @Override
    public Duration callTimeout() {
        return Duration.ofSeconds(1);
    }

    /** The same ten thousand times, as one case has it. */
    @Override
    public Duration patience() {
        return Duration.ofSeconds(30);
    }

    @Override
    public StoreLink connect() {
        EtcdLink link = new EtcdLink(uri, patience().multipliedBy(3));
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
        operator.keys("").forEach(key -> residue.add(key.key()));
        return residue;
    }

    @Override
    public void remove(String lockName) {
        operator.delete(Names.prefix(Names.keySpace().keyOf(lockName)));
    }

    @Override
    public void restart(boolean keepData) {
        servers.restart(servers.nodes());
    }

    @Override
    public void spoil(String lockName) {
        remove(lockName);
        operator.put(Names.prefix(Names.keySpace().keyOf(lockName)) + "note", "no lock", 0);
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        operator.close();
    }
}
