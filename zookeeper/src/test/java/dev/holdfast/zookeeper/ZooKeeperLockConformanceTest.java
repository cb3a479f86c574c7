// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ZooKeeperLockConformanceTest extends LockConformance {
    @RegisterExtension
    static final ZooKeeperServer zookeeper = ZooKeeperServer.start(ZooKeeperFixture.LONG_SESSIONS);

    @Override
    protected StoreFixture openStore() {
        return ZooKeeperFixture.ofOne(zookeeper);
    }
}
