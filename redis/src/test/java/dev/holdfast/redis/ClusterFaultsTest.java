// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.BackendException;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LockOptions;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.testkit.servers.RedisCluster;
import dev.holdfast.testkit.servers.ServerNode;
import dev.holdfast.trials.loopback.LoopbackPorts;
import dev.holdfast.trials.proxy.FaultProxy;
import dev.holdfast.trials.proxy.FrameCounter;
import io.lettuce.core.KillArgs;
import io.lettuce.core.MigrateArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens to the nodes of a cluster, and what that does to locks. */
final class ClusterFaultsTest {
    @RegisterExtension
    static final RedisCluster cluster =
            RedisCluster.start("--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no");

    private Stage stage;

    @BeforeEach
    void healthy() throws Exception {
        Stage operator = new Stage(cluster.uri());
        try {
            await("all slots are served, each by one master")
                    .atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> isWell(operator));
        } finally {
            operator.close();
        }
        stage = new Stage(cluster);
    }

    /**
     * A master that comes back after its replica took over believes for a moment that it still is one, and the others may not have heard yet who
     * is: so all have to agree, and each with what it says of itself. Not by the slots: those move a little before.
     */
    private static boolean isWell(Stage operator) {
        Set<Integer> masters = new HashSet<>();
        Set<Set<Integer>> views = new HashSet<>();
        for (ServerNode node : cluster.nodes()) {
            if (!operator.on(node, RedisCommands::clusterInfo).contains("cluster_state:ok")) {
                return false;
            }
            if (operator.on(node, redis -> redis.info("replication")).contains("role:master")) {
                masters.add(node.port());
            }
            views.add(mastersIn(operator.on(node, RedisCommands::clusterNodes)));
        }
        return masters.size() == 3 && views.equals(Set.of(masters));
    }

    /** The ports of those that a node takes for masters: the second word of a line is an address, the third says what it is. */
    private static Set<Integer> mastersIn(String clusterNodes) {
        return clusterNodes
                .lines()
                .map(line -> line.split(" "))
                .filter(words -> words[2].contains("master"))
                .map(words -> Integer.valueOf(words[1].replaceAll(".*:(\\d+)@.*", "$1")))
                .collect(Collectors.toSet());
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private Holdfast client(String parameters) {
        return stage.client(parameters);
    }

    private RedisCommands<String, String> redis(ServerNode node) {
        return stage.at(node);
    }

    private boolean isMaster(ServerNode node) {
        return redis(node).info("replication").contains("role:master");
    }

    /** The node that has a lock's slot now. */
    private ServerNode ownerOf(String name) {
        ClusterMap map = ClusterMap.of(redis(cluster.nodes().get(0)).clusterNodes(), "127.0.0.1");
        int port = map.owner(HashSlot.of(name)).getPort();
        return cluster.nodes().stream()
                .filter(node -> node.port() == port)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void stoppedMaster_costsNoOtherMastersLocks() throws Exception {
        Holdfast client = client("lease-time=4s");
        Map<ServerNode, List<Lease>> held = new HashMap<>();
        List<CompletableFuture<Lease>> futures = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            futures.add(client.lock("job-" + i).acquireAsync());
        }
        for (CompletableFuture<Lease> future : futures) {
            Lease lease = Stage.get(future);
            held.computeIfAbsent(ownerOf(lease.lockName()), any -> new ArrayList<>())
                    .add(lease);
        }
        ServerNode stopped = ownerOf("job-0");
        stopped.pause();
        try {
            // It counts as dead after two seconds, and another takes over: the whole of that.
            Stage.pause(5_000);
            held.forEach((node, leases) -> {
                if (node != stopped) {
                    assertThat(leases)
                            .as("locks of a healthy master")
                            .isNotEmpty()
                            .allMatch(Lease::isHeld);
                }
            });
        } finally {
            stopped.resume();
        }
    }

    /** Each of them has a slot of its own, or nearly so, and needs a request of its own. */
    @Test
    void tenThousandLocks_onASlowNetwork_areRenewedInTime() throws Exception {
        Map<Integer, FaultProxy> proxies = new ConcurrentHashMap<>();
        RedisBackend backend = new RedisBackend(
                RedisOptions.of(BackendUri.parse(cluster.uri())), node -> slowed(proxies, node.getPort()));
        LockOptions options = LockOptions.defaults().withLeaseTime(Duration.ofSeconds(6));
        List<Lease> leases = new ArrayList<>();
        try (Holdfast client =
                Holdfast.builder().backend(backend).options(options).open()) {
            for (int from = 0; from < 10_000; from += 1_000) {
                List<CompletableFuture<Lease>> futures = IntStream.range(from, from + 1_000)
                        .mapToObj(i -> client.lock("job-" + i).acquireAsync())
                        .toList();
                for (CompletableFuture<Lease> future : futures) {
                    leases.add(Stage.get(future));
                }
            }
            Stage.pause(6_500);
            assertThat(leases).allMatch(Lease::isHeld);
        } finally {
            proxies.values().forEach(FaultProxy::close);
        }
    }

    private static InetSocketAddress slowed(Map<Integer, FaultProxy> proxies, int port) {
        FaultProxy proxy = proxies.computeIfAbsent(port, real -> {
            FaultProxy made = FaultProxy.start(LoopbackPorts.address(real), FrameCounter::resp);
            made.requests().delay(Duration.ofMillis(1));
            made.replies().delay(Duration.ofMillis(1));
            return made;
        });
        return InetSocketAddress.createUnresolved("127.0.0.1", proxy.port());
    }

    @Test
    void stoppedNode_namedFirst_keepsNobodyFromOpeningAClient() throws Exception {
        ServerNode stopped = cluster.nodes().get(0);
        stopped.pause();
        try {
            String name = anyNameOf(2);
            client("lease-time=3s").lock(name).acquire(Stage.PATIENCE).release();
        } finally {
            stopped.resume();
        }
    }

    /** A lock that the third of the slots with this number has. */
    private static String anyNameOf(int shard) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "job-" + i)
                .filter(name -> SteadyLocks.shardOf(name) == shard)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void killedConnections_areListenedToAgainInEverySlot() throws Exception {
        Holdfast holder = client("lease-time=60s");
        Holdfast waiters = client("lease-time=60s");
        List<Lease> held = new ArrayList<>();
        List<CompletableFuture<Lease>> waiting = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            held.add(Stage.take(holder, "job-" + i));
            waiting.add(waiters.lock("job-" + i).acquireAsync());
        }
        Stage.pause(300);
        for (ServerNode node : cluster.nodes()) {
            redis(node).clientKill(KillArgs.Builder.typeNormal().skipme());
            redis(node).clientKill(KillArgs.Builder.typePubsub().skipme());
        }
        Stage.pause(1_000);
        long released = System.nanoTime();
        held.forEach(Lease::releaseAsync);
        for (CompletableFuture<Lease> waiter : waiting) {
            Stage.get(waiter);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - released)).isLessThan(Duration.ofMillis(1_500));
    }

    @Test
    void migratedSlot_withParkedWaiters_goesOnHandingOver() throws Exception {
        Holdfast holder = client("lease-time=30s");
        Holdfast waiters = client("lease-time=30s");
        Lease held = Stage.take(holder, "mover");
        CompletableFuture<Lease> first = waiters.lock("mover").acquireAsync();
        await().atMost(Stage.PATIENCE)
                .until(() -> redis(ownerOf("mover")).zcard(KeyLayout.of("mover").line()) == 1);
        migrate("mover");
        assertThat(held.isHeld()).isTrue();
        held.release();
        Lease next = Stage.get(first);
        assertThat(next.token()).isGreaterThan(held.token());
        CompletableFuture<Lease> second = holder.lock("mover").acquireAsync();
        Stage.pause(300);
        next.release();
        Stage.get(second).release();
    }

    /** Moves a lock's slot to another master, as redis-cli --cluster reshard does. */
    private void migrate(String name) throws Exception {
        int slot = HashSlot.of(name);
        ServerNode source = ownerOf(name);
        ServerNode target = cluster.nodes().stream()
                .filter(node -> node.port() != source.port() && isMaster(node))
                .findFirst()
                .orElseThrow();
        redis(target).clusterSetSlotImporting(slot, redis(source).clusterMyId());
        redis(source).clusterSetSlotMigrating(slot, redis(target).clusterMyId());
        // Between the two, several keys of the slot cannot be used together: that is waited for.
        String sibling = "{" + name + "}-new";
        CompletableFuture<Lease> early = client("lease-time=30s").lock(sibling).acquireAsync();
        Stage.pause(300);
        for (List<String> keys = redis(source).clusterGetKeysInSlot(slot, 100);
                !keys.isEmpty();
                keys = redis(source).clusterGetKeysInSlot(slot, 100)) {
            redis(source).migrate("127.0.0.1", target.port(), 0, 5_000, MigrateArgs.Builder.keys(keys));
        }
        String owner = redis(target).clusterMyId();
        redis(target).clusterSetSlotNode(slot, owner);
        redis(source).clusterSetSlotNode(slot, owner);
        cluster.nodes().stream()
                .filter(this::isMaster)
                .forEach(node -> redis(node).clusterSetSlotNode(slot, owner));
        Stage.get(early).release();
    }

    @Test
    void killedMaster_isFollowedByItsReplicaWithoutAStorm() throws Exception {
        Holdfast one = client("lease-time=2s");
        Holdfast other = client("lease-time=2s");
        Lease held = Stage.take(one, "job");
        ServerNode killed = ownerOf("job");
        killed.kill();
        try {
            Lease next = other.lock("job").acquire(Duration.ofSeconds(40));
            assertThat(held.isHeld() && next.isHeld()).isFalse();
            assertThat(next.token()).isGreaterThan(held.token());
            long before = calls(killed);
            CompletableFuture<Lease> waiter = one.lock("job").acquireAsync(Duration.ofSeconds(30));
            Stage.pause(2_000);
            assertThat(calls(killed) - before).as("calls in two seconds").isLessThan(40);
            next.release();
            Stage.get(waiter).release();
        } finally {
            killed.restart();
        }
    }

    private long calls(ServerNode without) {
        long calls = 0;
        for (ServerNode node : cluster.nodes()) {
            if (node != without) {
                calls += Stage.calls(redis(node));
            }
        }
        return calls;
    }

    @Test
    void oddNames_areLockedAndWaitedForAndReleased() throws Exception {
        Holdfast one = client("lease-time=30s");
        Holdfast other = client("lease-time=30s");
        for (String name : List.of("a}b", "a{}b", "a{b", "{}b", "{", "}", "{a}b", "hf~x")) {
            Lease held = Stage.take(one, name);
            CompletableFuture<Lease> waiter = other.lock(name).acquireAsync();
            Stage.pause(50);
            held.release();
            Lease next = Stage.get(waiter);
            assertThat(next.token()).as(name).isGreaterThan(held.token());
            next.release();
        }
    }

    @Test
    void lockTraffic_isNotSpreadOverTheClusterBus() throws Exception {
        Holdfast one = client("lease-time=30s&local-handovers=0");
        Holdfast other = client("lease-time=30s&local-handovers=0");
        for (int i = 0; i < 50; i++) {
            Lease held = Stage.take(one, "job");
            CompletableFuture<Lease> waiter = other.lock("job").acquireAsync();
            Stage.pause(3);
            held.release();
            Stage.get(waiter).release();
        }
        for (ServerNode node : cluster.nodes()) {
            assertThat(redis(node).info("commandstats")).doesNotContain("cmdstat_publish:");
        }
    }

    @Test
    void userWithoutTheChannels_isToldWhenTheClientIsOpened() {
        String uri = cluster.uri().replace("redis-cluster://", "redis-cluster://deaf:secret@");
        setUser("reset", "on", ">secret", "~*", "+@all");
        assertThatThrownBy(() -> Holdfast.open(uri))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("&hf~*");
        setUser("&hf~*");
        Stage.take(stage.opened(Holdfast.open(uri)), "job").release();
    }

    private void setUser(String... rules) {
        for (ServerNode node : cluster.nodes()) {
            CommandArgs<String, String> words =
                    new CommandArgs<>(StringCodec.UTF8).add("SETUSER").add("deaf");
            for (String rule : rules) {
                words.add(rule);
            }
            redis(node).dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), words);
        }
    }

    @Test
    void oneNode_isNotTakenForACluster() {
        assertThatThrownBy(
                        () -> Holdfast.open("redis://" + cluster.nodes().get(0).address()))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("redis-cluster://");
    }
}
