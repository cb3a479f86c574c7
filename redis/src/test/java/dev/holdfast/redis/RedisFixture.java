// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.testkit.servers.RedisCluster;
import dev.holdfast.testkit.servers.RedisNodes;
import dev.holdfast.testkit.servers.RedisSentinel;
import dev.holdfast.testkit.servers.RedisServer;
import dev.holdfast.testkit.servers.ServerNode;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Redis for one case of the suites, in each deployment: emptied at the start, with proxies before each client. */
final class RedisFixture implements StoreFixture {
    private static final String OTHERS = "What happens when nodes end and others take over has tests of its own.";

    private final String name;
    private final Stage stage;
    private final String parameters;
    private final Supplier<? extends StoreLink> links;
    private final Consumer<Boolean> restart;
    private final Map<Capability, String> lacks = new EnumMap<>(Capability.class);

    private RedisFixture(
            String name,
            Stage stage,
            String parameters,
            Supplier<? extends StoreLink> links,
            Consumer<Boolean> restart) {
        this.name = name;
        this.stage = stage;
        this.parameters = parameters;
        this.links = links;
        this.restart = restart;
        lacks.put(Capability.SESSION_END, "Each lock has a lease of its own; there are no sessions.");
    }

    private RedisFixture lacks(Capability capability, String reason) {
        lacks.put(capability, reason);
        return this;
    }

    static RedisFixture of(RedisServer server) {
        Stage stage = new Stage(server);
        return new RedisFixture("redis", stage, "", () -> stage.opened(new RedisLink(server.uri())), keepData -> {
            if (keepData) {
                server.restart();
            } else {
                server.restartEmpty();
            }
        });
    }

    static RedisFixture of(RedisCluster cluster) {
        return ofGroup("redis, cluster", new Stage(cluster), cluster.uri());
    }

    static RedisFixture of(RedisSentinel sentinel) {
        return ofGroup("redis, sentinel", new Stage(sentinel), sentinel.uri());
    }

    private static RedisFixture ofGroup(String name, Stage stage, String uri) {
        return new RedisFixture(name, stage, "", () -> stage.opened(new RedisLink(uri)), keepData -> {
                    throw new UnsupportedOperationException(OTHERS);
                })
                .lacks(Capability.RESTART, OTHERS)
                .lacks(Capability.RESTART_EMPTY, OTHERS);
    }

    /** The servers write what they do to a file, so the tests may vouch that they forget nothing. */
    static RedisFixture of(RedisNodes nodes) {
        Stage stage = new Stage(nodes);
        String durable = RedlockStage.DURABLE + "&";
        return new RedisFixture("redlock", stage, durable, () -> stage.opened(new RedlockLink(nodes)), keepData -> {
                    // All at once: one after the other would be told again what they forgot.
                    nodes.nodes().forEach(ServerNode::stop);
                    nodes.nodes().forEach(keepData ? ServerNode::restart : ServerNode::restartEmpty);
                })
                .lacks(Capability.LINE, "Lines on several servers would pass a lock on to different clients.")
                .lacks(Capability.DEMAND, "There is no line that could tell of a rival.")
                .lacks(Capability.LOST_PUSH, "The servers push nothing.");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int many() {
        return name.equals("redis") ? 10_000 : 3_000;
    }

    @Override
    public Map<Capability, String> lacks() {
        return lacks;
    }

    @Override
    public StoreLink connect() {
        return links.get();
    }

    @Override
    public String uri() {
        return stage.uri(parameters + "lease-time=2s");
    }

    @Override
    public Set<String> residue() {
        Set<String> residue = new TreeSet<>();
        for (RedisClusterCommands<String, String> store : stage.stores()) {
            for (String key : store.keys("*")) {
                if (key.startsWith("hf~q")) {
                    store.zrange(key, 0, -1).forEach(place -> residue.add(key + " is waited for by " + place));
                } else if (!key.startsWith("hf~d") && !key.startsWith("hf~f")) {
                    residue.add(key + " is held" + holder(store, key));
                }
            }
        }
        return residue;
    }

    /** Of several servers some get to know of a holder later than others, so what counts is who holds a lock, and not where. */
    private String holder(RedisClusterCommands<String, String> store, String key) {
        if (stage.stores().size() == 1 || !store.type(key).equals("string")) {
            return "";
        }
        String[] value = String.valueOf(store.get(key)).split("[|.]", 3);
        return " by " + (value.length == 3 ? value[1] : value[0]);
    }

    @Override
    public void remove(String lockName) {
        stage.stores().forEach(store -> store.del(KeyLayout.lockKey(lockName)));
    }

    @Override
    public void purge(String lockName) {
        stage.stores().forEach(store -> store.del(KeyLayout.of(lockName).fence()));
    }

    @Override
    public void restart(boolean keepData) {
        restart.accept(keepData);
    }

    @Override
    public void spoil(String lockName) {
        remove(lockName);
        stage.stores().forEach(store -> store.lpush(KeyLayout.lockKey(lockName), "no lock"));
    }

    @Override
    public void close() throws Exception {
        stage.close();
    }
}
