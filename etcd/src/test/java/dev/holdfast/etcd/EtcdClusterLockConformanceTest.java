// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.EtcdCluster;
import org.junit.jupiter.api.extension.RegisterExtension;

final class EtcdClusterLockConformanceTest extends LockConformance {
    @RegisterExtension
    static final EtcdCluster etcd = EtcdCluster.start(EtcdFixture.CALM);

    @Override
    protected StoreFixture openStore() {
        return EtcdFixture.of(etcd);
    }
}
