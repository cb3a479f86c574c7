// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.spi.BackendProvider;
import dev.holdfast.spi.BackendUri;
import dev.holdfast.spi.LockBackend;
import java.util.Set;

/**
 * Makes a {@link RedisBackend} from {@code redis:}, {@code rediss:}, {@code redis-sentinel:} or {@code redis-cluster:}, and a {@link
 * RedlockBackend} from {@code redlock:}.
 */
public final class RedisBackendProvider implements BackendProvider {
    /** For {@link java.util.ServiceLoader}. */
    public RedisBackendProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("redis", "rediss", "redis-sentinel", "redis-cluster", "redlock");
    }

    @Override
    public LockBackend create(BackendUri uri) {
        return uri.scheme().equals("redlock")
                ? new RedlockBackend(RedlockOptions.of(uri))
                : new RedisBackend(RedisOptions.of(uri));
    }
}
