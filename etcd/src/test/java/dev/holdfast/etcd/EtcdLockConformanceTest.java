// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.testkit.LockConformance;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.servers.EtcdServer;
import org.junit.jupiter.api.extension.RegisterExtension;

final class EtcdLockConformanceTest extends LockConformance {
    @RegisterExtension
    static final EtcdServer etcd = EtcdServer.start(EtcdFixture.QUICK);

    @Override
    protected StoreFixture openStore() {
        return EtcdFixture.of(etcd);
    }
}
