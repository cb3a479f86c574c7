// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.RedisSentinel;
import org.junit.jupiter.api.extension.RegisterExtension;

final class SentinelBackendConformanceTest extends BackendConformance {
    @RegisterExtension
    static final RedisSentinel redis = RedisSentinel.start();

    @Override
    protected StoreFixture openStore() {
        return RedisFixture.of(redis);
    }
}
