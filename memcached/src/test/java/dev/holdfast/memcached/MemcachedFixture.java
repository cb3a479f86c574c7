// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.testkit.servers.MemcachedServer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** memcached for one case: flushed at the start, with a gate and a proxy before each client. */
final class MemcachedFixture implements StoreFixture {
    /** So that no lock is ever evicted, and nobody is warned. */
    static final String[] KEEPS = {"-o", "temporary_ttl=3600"};

    private final MemcachedServer server;
    private final boolean old;
    private final Operator operator;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private MemcachedFixture(MemcachedServer server, boolean old) {
        this.server = server;
        this.old = old;
        operator = new Operator(server.socketAddress());
        operator.flush();
    }

    static MemcachedFixture of(MemcachedServer server) {
        return new MemcachedFixture(server, false);
    }

    /** As if the server was too old for the meta commands. */
    static MemcachedFixture old(MemcachedServer server) {
        return new MemcachedFixture(server, true);
    }

    @Override
    public String name() {
        return old ? "memcached, classic commands" : "memcached";
    }

    @Override
    public Map<Capability, String> lacks() {
        Map<Capability, String> lacks = new EnumMap<>(Capability.class);
        lacks.put(Capability.LINE, "memcached has no list that clients could stand in.");
        lacks.put(Capability.DEMAND, "There is no line that could tell of a rival.");
        lacks.put(Capability.LOST_PUSH, "The server pushes nothing.");
        lacks.put(Capability.LIST, "No command finds every key.");
        lacks.put(Capability.SESSION_END, "Each lock has a lease of its own; there are no sessions.");
        lacks.put(Capability.RESTART, "It keeps nothing when it ends.");
        if (old) {
            lacks.put(Capability.FORCE_RELEASE, "The classic commands do not tell how long an item still stays.");
            lacks.put(Capability.FOREIGN_RECORD, "They do not tell either whether an item stays for ever.");
        }
        return lacks;
    }

    @Override
    public StoreLink connect() {
        MemcachedLink link = new MemcachedLink(server.uri());
        opened.push(link);
        return old ? link.olderThanMeta() : link;
    }

    @Override
    public String uri() {
        return server.uri() + "?lease-time=2s";
    }

    @Override
    public Set<String> residue() {
        return operator.locks();
    }

    @Override
    public void remove(String lockName) {
        operator.delete(Keys.space().keyOf(lockName));
    }

    @Override
    public void purge(String lockName) {
        operator.delete(Keys.counter(Keys.space().keyOf(lockName)));
    }

    @Override
    public void restart(boolean keepData) {
        server.restartEmpty();
    }

    @Override
    public void spoil(String lockName) {
        operator.put(Keys.space().keyOf(lockName), "no lock", 0);
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
