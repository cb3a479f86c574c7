// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.ZooKeeperEnsemble;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ZooKeeperEnsembleLockConformanceTest extends LockConformance {
    @RegisterExtension
    static final ZooKeeperEnsemble zookeeper = ZooKeeperEnsemble.start(ZooKeeperFixture.SETTINGS);

    @Override
    protected StoreFixture openStore() {
        return ZooKeeperFixture.ofThree(zookeeper);
    }
}
