// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.RedisNodes;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RedlockLockConformanceTest extends LockConformance {
    @RegisterExtension
    static final RedisNodes nodes = RedisNodes.start();

    @Override
    protected StoreFixture openStore() {
        return RedisFixture.of(nodes);
    }
}
