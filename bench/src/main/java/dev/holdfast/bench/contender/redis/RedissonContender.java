// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.redis;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.util.function.BiFunction;
import org.redisson.Redisson;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Redisson's reentrant lock, with its own settings. */
public class RedissonContender extends RedisContender {
    private final BiFunction<RedissonClient, String, RLock> kind;

    /** For the ServiceLoader. */
    public RedissonContender() {
        this("redisson", "Redisson's RLock", RedissonClient::getLock);
    }

    RedissonContender(String id, String summary, BiFunction<RedissonClient, String, RLock> kind) {
        super(id, summary);
        this.kind = kind;
    }

    @Override
    public Session open(String place) {
        Config config = new Config();
        config.useSingleServer().setAddress(place);
        return new Client(Redisson.create(config), kind);
    }

    private record Client(RedissonClient client, BiFunction<RedissonClient, String, RLock> kind) implements Session {
        @Override
        public Held acquire(String name) {
            RLock lock = kind.apply(client, name);
            lock.lock();
            return new HeldLock(lock);
        }

        @Override
        public void close() {
            client.shutdown();
        }
    }

    private record HeldLock(RLock lock) implements Held {
        @Override
        public void release() {
            lock.unlock();
        }
    }
}
