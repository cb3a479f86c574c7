// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.redis;

import org.redisson.api.RedissonClient;

/** Redisson's fair lock. */
public final class RedissonFairContender extends RedissonContender {
    /** For the ServiceLoader. */
    public RedissonFairContender() {
        super("redisson-fair", "Redisson's getFairLock", RedissonClient::getFairLock);
    }
}
