// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.testkit.servers.RedisCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Locks on all masters of a cluster, held by a client to which nothing happens, while things happen to nodes: each loss must have a fault of its
 * own master, or of the replica that followed it, to blame. A lock that was lost is taken again.
 */
final class SteadyLocks implements AutoCloseable {
    static final int COUNT = 24;
    private static final int SHARDS = 3;
    private static final Duration LEASE = Duration.ofSeconds(3);

    private final Holdfast client;
    private final Map<String, Lease> held = new ConcurrentHashMap<>();
    private final Queue<Loss> losses = new ConcurrentLinkedQueue<>();
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    private record Fault(int shard, long from, long until) {
        /** A lease that was renewed last before the fault ends a lease time later. */
        boolean explains(Loss loss) {
            return loss.shard == shard && loss.nanos - from >= 0 && loss.nanos - until <= LEASE.toNanos();
        }
    }

    private record Loss(String name, int shard, long nanos, LeaseLoss why) {}

    SteadyLocks(RedisCluster cluster, String parameters) {
        client = Holdfast.open(cluster.uri() + "?lease-time=" + LEASE.toSeconds() + "s" + parameters);
        for (int i = 0; i < COUNT; i++) {
            hold("steady-" + i);
        }
    }

    private void hold(String name) {
        var unused = client.lock(name).acquireAsync().whenComplete((lease, failure) -> {
            if (over) {
                return; // The client is closing, and frees what it has.
            }
            if (failure != null) {
                hold(name);
                return;
            }
            held.put(name, lease);
            watch(name, lease);
        });
    }

    private void watch(String name, Lease lease) {
        var unused = lease.whenLost().thenAccept(why -> lost(name, why));
    }

    private void lost(String name, LeaseLoss why) {
        if (!over) {
            held.remove(name);
            losses.add(new Loss(name, shardOf(name), System.nanoTime(), why));
            hold(name);
        }
    }

    /** The shards have a third of the slots each, see {@link RedisCluster}. */
    static int shardOf(String name) {
        int slot = HashSlot.of(name);
        int shard = SHARDS - 1;
        while (slot < HashSlot.SLOTS * shard / SHARDS) {
            shard--;
        }
        return shard;
    }

    /** Something happens to a node of a shard until the shard is well again. */
    void during(int node, Runnable fault) {
        long from = System.nanoTime();
        fault.run();
        faults.add(new Fault(node % SHARDS, from, System.nanoTime()));
    }

    /** How many are held now. */
    int held() {
        return held.size();
    }

    int losses() {
        return losses.size();
    }

    int faults() {
        return faults.size();
    }

    /** What was lost although its master had no fault. */
    List<String> unexplained() {
        return losses.stream()
                .filter(loss -> faults.stream().noneMatch(fault -> fault.explains(loss)))
                .map(Loss::toString)
                .toList();
    }

    @Override
    public String toString() {
        return COUNT + " steady locks, " + losses.size() + " times one was lost, " + faults.size() + " faults of nodes";
    }

    @Override
    public void close() {
        over = true;
        client.close();
    }
}
