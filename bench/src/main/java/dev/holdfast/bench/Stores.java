// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench;

import dev.holdfast.bench.contender.Contender;
import dev.holdfast.testkit.servers.RedisServer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The servers of a comparison: each is started when a place first asks for it, shared by all that do, and ended at the end. */
final class Stores implements AutoCloseable {
    /** Whose locks are compared on a store, the baseline first. */
    enum Store {
        REDIS;

        List<String> contenders() {
            return List.of(
                    "redisson", "holdfast@redis://" + Contender.REDIS, "redisson-fair", "spring-redis", "redis-set");
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private @Nullable RedisServer redis;

    /** A place with the address of the server that it asks for. */
    String resolve(String place) {
        return place.contains(Contender.REDIS) ? place.replace(Contender.REDIS, redis().address()) : place;
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
    }
}
