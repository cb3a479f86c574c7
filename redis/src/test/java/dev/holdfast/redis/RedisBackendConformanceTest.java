// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.RedisServer;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RedisBackendConformanceTest extends BackendConformance {
    @RegisterExtension
    static final RedisServer redis = RedisServer.start();

    @Override
    protected StoreFixture openStore() {
        return RedisFixture.of(redis);
    }
}
