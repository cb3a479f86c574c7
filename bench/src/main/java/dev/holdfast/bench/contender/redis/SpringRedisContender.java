// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.redis;

import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.net.URI;
import java.util.concurrent.locks.Lock;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.integration.redis.util.RedisLockRegistry;

/** Spring Integration's lock registry, with its own settings. */
public final class SpringRedisContender extends RedisContender {
    /** For the ServiceLoader. */
    public SpringRedisContender() {
        super("spring-redis", "Spring Integration's RedisLockRegistry");
    }

    @Override
    public Session open(String place) {
        URI uri = URI.create(place);
        LettuceConnectionFactory connections = new LettuceConnectionFactory(uri.getHost(), uri.getPort());
        connections.afterPropertiesSet();
        connections.start();
        return new Registry(connections, new RedisLockRegistry(connections, "bench-spring"));
    }

    private record Registry(LettuceConnectionFactory connections, RedisLockRegistry locks) implements Session {
        @Override
        @SuppressWarnings("LockNotBeforeTry") // release() unlocks
        public Held acquire(String name) {
            Lock lock = locks.obtain(name);
            lock.lock();
            return lock::unlock;
        }

        @Override
        public void close() {
            locks.destroy();
            connections.destroy();
        }
    }
}
