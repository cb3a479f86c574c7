// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.MemcachedServer;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MemcachedLockConformanceTest extends LockConformance {
    @RegisterExtension
    static final MemcachedServer memcached = MemcachedServer.start(MemcachedFixture.KEEPS);

    @Override
    protected StoreFixture openStore() {
        return MemcachedFixture.of(memcached);
    }
}
