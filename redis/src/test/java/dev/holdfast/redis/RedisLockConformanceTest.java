// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.RedisServer;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RedisLockConformanceTest extends LockConformance {
    @RegisterExtension
    static final RedisServer redis = RedisServer.start();

    @Override
    protected StoreFixture openStore() {
        return RedisFixture.of(redis);
    }
}
