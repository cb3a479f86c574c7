// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import dev.holdfast.bench.contender.Contender;
import dev.holdfast.testkit.servers.RedisServer;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The servers of a comparison: each is started when a place first asks for it, shared by all that do, and ended at the end. */
final class Stores implements AutoCloseable {
    /** Whose locks are compared on a store, the baseline first. */
    enum Store {
        REDIS,
        ZOOKEEPER;

        List<String> contenders() {
            if (this == ZOOKEEPER) {
                return List.of("curator", "holdfast@zookeeper://" + Contender.ZOOKEEPER);
            }
            return List.of(
                    "redisson", "holdfast@redis://" + Contender.REDIS, "redisson-fair", "spring-redis", "redis-set");
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private @Nullable RedisServer redis;
    private @Nullable ZooKeeperServer zookeeper;

    /** A place with the addresses of the servers that it asks for. */
    String resolve(String place) {
        String resolved = place.contains(Contender.REDIS) ? place.replace(Contender.REDIS, redis().address()) : place;
        return resolved.contains(Contender.ZOOKEEPER)
                ? resolved.replace(Contender.ZOOKEEPER, zookeeper().address())
                : resolved;
    }

    private ZooKeeperServer zookeeper() {
        ZooKeeperServer running = zookeeper;
        if (running == null) {
            // As for Redis: without waiting for the disk.
            running = ZooKeeperServer.start("tickTime=2000", "forceSync=no");
            zookeeper = running;
        }
        return running;
    }

    private RedisServer redis() {
        RedisServer running = redis;
        if (running == null) {
            // Without a disk: what is compared is the locks.
            running = RedisServer.start("--appendonly", "no", "--save", "");
            redis = running;
        }
        return running;
    }

    @Override
    public void close() {
        if (redis != null) {
            redis.close();
        }
        if (zookeeper != null) {
            zookeeper.close();
        }
    }
}
