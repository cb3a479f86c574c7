// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.RedisCluster;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ClusterBackendConformanceTest extends BackendConformance {
    @RegisterExtension
    static final RedisCluster redis = RedisCluster.start();

    @Override
    protected StoreFixture openStore() {
        return RedisFixture.of(redis);
    }
}
