// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.testkit.BackendConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.ZooKeeperServer;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ZooKeeperBackendConformanceTest extends BackendConformance {
    @RegisterExtension
    static final ZooKeeperServer zookeeper = ZooKeeperServer.start(ZooKeeperFixture.SETTINGS);

    @Override
    protected StoreFixture openStore() {
        return ZooKeeperFixture.ofOne(zookeeper);
    }
}
